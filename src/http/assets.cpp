#include "http/assets.h"

#include <map>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "http/gzip.h"
#include "http/target.h"

namespace cairn::http {
namespace {

constexpr size_t kUnpackedMax = 256u << 20;
/// The script tag of shops: its name never changes, so that nobody has to edit a page for a new version.
constexpr std::string_view kShopScript = "cairn.js";

struct Asset {
  std::string_view plain;   ///< Empty when only the packed form is embedded.
  std::string_view packed;  ///< gzip.
  std::string tag;
  std::string_view content_type;
  bool is_immutable = false;
  bool is_shop_script = false;
};
using Assets = std::map<std::string, Asset, std::less<>>;

/// `index-B3kq9xYz.js`: eight or more letters and digits (and `-`, `_`) after a `-`, as Vite names what it builds. At
/// least one is no lower-case letter, so that `cairn-pyramid.svg` is not taken for one.
bool has_hash(std::string_view name) {
  name = base_name(name);
  std::string_view stem = name.substr(0, name.find('.'));
  if (stem.size() < 10 || stem[stem.size() - 9] != '-') return false;
  std::string_view hash = stem.substr(stem.size() - 8);
  auto is_hash_char = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  };
  auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return std::all_of(hash.begin(), hash.end(), is_hash_char) && !std::all_of(hash.begin(), hash.end(), is_lower);
}

Assets index_of(Resources files, std::string_view prefix) {
  Assets assets;
  for (const ResourceEntry& entry : files.all()) {
    std::string_view name = entry.name;
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    std::string_view bytes(entry.begin, static_cast<size_t>(entry.end - entry.begin));
    bool is_packed = name.ends_with(".gz");
    if (is_packed) name.remove_suffix(3);
    Asset& asset = assets[std::string(name)];
    (is_packed ? asset.packed : asset.plain) = bytes;
    asset.tag = fmt::format("\"{:016x}\"", hash64(bytes));
    asset.content_type = content_type_of(name);
    asset.is_immutable = has_hash(name);
    asset.is_shop_script = name == kShopScript;
  }
  return assets;
}

std::string_view lifetime_of(const Asset& asset, bool is_page) {
  // A page carries a nonce of its own each time, so it is never the same twice.
  if (is_page) return "no-store";
  if (asset.is_immutable) return "public, max-age=31536000, immutable";
  // Not asked for on every page of a shop, yet a new version is everywhere within the hour.
  if (asset.is_shop_script) return "public, max-age=600, stale-while-revalidate=3000";
  return "no-cache";
}

Result<Response> serve(const Asset& asset, const Request& request) {
  Response response;
  response.headers.add("Content-Type", asset.content_type);
  bool is_page = asset.content_type.starts_with("text/html");
  bool takes_packed = !is_page && accepts_gzip(request.header("Accept-Encoding").value_or(""));
  if (!asset.packed.empty() && takes_packed) {
    response.body = Body::embedded(asset.packed);
    response.headers.add("Content-Encoding", "gzip");
  } else if (asset.plain.empty() && !asset.packed.empty()) {
    response.body = Body(TRY(gunzip(asset.packed, kUnpackedMax)));
  } else {
    response.body = Body::embedded(asset.plain);
  }
  if (!asset.packed.empty() && !is_page) response.headers.add("Vary", "Accept-Encoding");
  response.headers.add("Cache-Control", lifetime_of(asset, is_page));
  if (asset.is_shop_script) {
    response.headers.add("Access-Control-Allow-Origin", "*");
    response.headers.add("Cross-Origin-Resource-Policy", "cross-origin");
  }
  // One tag for both forms, hence a weak one.
  if (!is_page) response.headers.add("ETag", "W/" + asset.tag);
  return response;
}

/// `/demo-shop` to `/demo-shop/`, so that what the page names without a path is found below it.
Response to_folder(const Request& request) {
  Response response;
  response.status = 308;
  response.headers.add("Location",
                       "/" + request.param("*") + "/" + (request.raw_query.empty() ? "" : "?" + request.raw_query));
  return response;
}

Result<Response> find_and_serve(const Assets& assets, const Request& request) {
  const std::string& name = request.param("*");
  auto asset = assets.find(name);
  if (asset == assets.end() && name.ends_with('/')) asset = assets.find(name + "index.html");
  if (asset == assets.end() && assets.contains(name + "/index.html")) return to_folder(request);
  bool is_page = name.empty() || (name != "api" && !name.starts_with("api/") &&
                                  names_type(request.header("Accept").value_or(""), "text/html"));
  if (asset == assets.end() && is_page) asset = assets.find("index.html");
  if (asset == assets.end()) return fail(Code::not_found, "There is no page or file at {}.", request.path);
  return serve(asset->second, request);
}

}  // namespace

std::vector<Route> asset_routes(Resources files, std::string_view prefix, const IsServed& is_served) {
  auto assets = std::make_shared<const Assets>(index_of(files, prefix));
  std::vector<Route> routes;
  routes.push_back({.method = Method::get,
                    .path = "/*",
                    .permission = kPublic,
                    .lane = Lane::inline_,
                    .summary = "The web client",
                    .is_documented = false,
                    .handler = answer([assets, is_served](const Request& request) -> Result<Response> {
                      if (is_served && !is_served(request.param("*")))
                        return fail(Code::not_found, "There is no page or file at {}.", request.path);
                      return find_and_serve(*assets, request);
                    })});
  return routes;
}

Handler asset_handler(Resources files, std::string_view name) {
  auto assets = std::make_shared<const Assets>(index_of(files, ""));
  return answer([assets, name = std::string(name)](const Request& request) -> Result<Response> {
    auto asset = assets->find(name);
    if (asset == assets->end()) return fail(Code::not_found, "There is no file at {}.", request.path);
    return serve(asset->second, request);
  });
}

std::string_view content_type_of(std::string_view file_name) {
  struct Type {
    std::string_view ending;
    std::string_view type;
  };
  static constexpr Type kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
      {".map", "application/json"},
      {".webmanifest", "application/manifest+json"},
  };
  for (const Type& type : kTypes)
    if (file_name.ends_with(type.ending)) return type.type;
  return "application/octet-stream";
}

}  // namespace cairn::http
