/* global DeepFramework, System */
'use strict';

export default function account() {
  var deepAsset = DeepFramework.Kernel.container.get('asset');
  return System.import(deepAsset.locate('@deep.account:js/app/vanilla/index.js'));
}
