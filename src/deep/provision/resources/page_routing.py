"""Addresses of pages at the edge: what the local platform answers `/about/` and `/task/7` with, a CloudFront function makes of them deployed.

The rule is that of `deep.local.gateway.site`: a file, the index of a folder, and for any other address that looks like a page the page at `/`, so
that a single-page app may be reloaded wherever it is. Source: CloudFront Developer Guide, "CloudFront Functions event structure" and "JavaScript
runtime 2.0 features for CloudFront Functions"; a function has 10 KB at most.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from deep.bundle.site import SiteFile, index_of, site_files
from deep.provision.release import Release
from deep.provision.resources.buckets import tag_list
from deep.provision.template import Fragment, Resource, get_att

ROUTING = "PageRouting"
MOST_BYTES = 10_240
_INDEX = "index.html"

_CODE = """\
// Which object a page's address stands for. FOLDERS have an index of their own, FILES no extension to be known by.
var FOLDERS = %(folders)s, FILES = %(files)s, ANSWERS_LINKS = %(answers_links)s;

function handler(event) {
  var request = event.request, path;
  try { path = decodeURIComponent(request.uri); } catch (error) { return request; }
  if (request.method !== 'GET' && request.method !== 'HEAD' || FILES.indexOf(path) >= 0) return request;
  if (FOLDERS.indexOf(path) >= 0) request.uri += 'index.html';
  else if (FOLDERS.indexOf(path + '/') >= 0) {
    return { statusCode: 308, statusDescription: 'Permanent Redirect', headers: { location: { value: request.uri + '/' } } };
  } else if (ANSWERS_LINKS && isLink(path, request.headers.accept)) request.uri = '/index.html';
  return request;
}

function isLink(path, accept) {
  var last = path.slice(path.lastIndexOf('/') + 1);
  var isPlain = last.indexOf('.') < 0 && path.indexOf('/.') < 0 && !/[\\\\\\0]/.test(path);
  return isPlain && accept !== undefined && accept.value.indexOf('text/html') >= 0;
}
"""


def page_routing(release: Release) -> Fragment:
    """The function; nothing where the app has no page."""
    files = site_files(release.app)
    index = index_of(release.app, files)
    if index is None and not any(path.endswith(f"/{_INDEX}") for path in files):
        return Fragment()
    properties = {
        "AutoPublish": True,
        "FunctionCode": routing_code(files, answers_links=index is not None),
        "FunctionConfig": {"Comment": "addresses of pages", "Runtime": "cloudfront-js-2.0"},
        "Name": f"{release.worldwide_stem}-pages",
        "Tags": tag_list(release),
    }
    return Fragment((Resource(ROUTING, "AWS::CloudFront::Function", properties),))


def routing_code(files: Mapping[str, SiteFile], *, answers_links: bool) -> str:
    """The function's JavaScript for a site map."""
    folders = {path.removesuffix(_INDEX) for path in files if path.endswith(f"/{_INDEX}")} | ({"/"} if answers_links else set())
    bare = [path for path in files if "." not in path.rpartition("/")[2]]
    told = {"folders": sorted(folders), "files": sorted(bare), "answers_links": answers_links}
    return _CODE % {name: json.dumps(value, ensure_ascii=True, separators=(",", ":")) for name, value in told.items()}


def associations(routing: Fragment) -> dict[str, Any]:
    """What a cache behaviour tells of the function."""
    association = {"EventType": "viewer-request", "FunctionARN": get_att(ROUTING, "FunctionARN")}
    return {"FunctionAssociations": [association]} if routing.resources else {}
