/* global DeepFramework, System */
'use strict';

export default function todo() {
  var deepAsset = DeepFramework.Kernel.container.get('asset');
  return System.import(deepAsset.locate('@deep.todo:js/app/react/index.js'));
}
