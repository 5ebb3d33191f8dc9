/* global DeepFramework, System */
'use strict';

export default function helloWorld() {
  var deepAsset = DeepFramework.Kernel.container.get('asset');
  return System.import(deepAsset.locate('@deep.helloworld:js/app/vanilla/index.js'));
}
