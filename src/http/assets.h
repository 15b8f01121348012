// Files embedded in the binary, served as the web client needs them.
#pragma once
#include "base/resource.h"
#include "http/route.h"

namespace cairn::http {

/// One public route `/*`: a name of `files` below `prefix` by its path, and `index.html` for every other path that
/// is asked as a page (Accept has text/html) and is not below `/api/`. A folder with an `index.html` of its own has
/// that at `/folder/`, and `/folder` leads there. A file `x.gz` serves `x`, as it is to clients that accept gzip.
/// Names with a hash (`app-B3kq9xYz.js`, as Vite makes) may be kept for ever; the others carry an ETag. `cairn.js`
/// is for the pages of other sites: any of them may read it, and keep it for ten minutes. `prefix` is cut from the
/// names: "web/dist/". Names for which `is_served` says no are as if they were not there.
using IsServed = std::function<bool(std::string_view name)>;
std::vector<Route> asset_routes(Resources files, std::string_view prefix, const IsServed& is_served = {});

/// Serves one of the files, by its name as it was embedded, at whatever address the route has. Error not_found, when
/// asked, for a name that is not there.
Handler asset_handler(Resources files, std::string_view name);

/// `text/javascript; charset=utf-8` for `a.js`; application/octet-stream when unknown.
std::string_view content_type_of(std::string_view file_name);

}  // namespace cairn::http
