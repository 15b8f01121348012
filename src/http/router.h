// Finds the route of a request, from the modules' tables.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/problem.h"
#include "http/route.h"

namespace cairn::http {

/// Static parts win over `{param}`, which wins over `*` (which also matches nothing at all). A route of GET serves HEAD
/// too. A path that only a `*` matches and not by this method is 404, not 405. Immutable once handed to a
/// server; finding is safe from any thread.
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// REQUIRES (checked, at start): permissions given, paths well formed, no two routes for one method and path, one
  /// name for a parameter at one place.
  void add(std::vector<Route> routes, ErrorForm errors = problem_document);

  struct Found {
    const Route* route = nullptr;  ///< Null: nothing here (404), or not by this method (`allowed` not empty: 405).
    ErrorForm errors = problem_document;
    std::vector<Field> params;
    std::string allowed;  ///< `GET, HEAD, OPTIONS` for the Allow header.
  };
  /// `parts` of the path, each decoded (Request::parts).
  Found find(Method method, const std::vector<std::string>& parts) const;

  /// All routes in the order added.
  std::vector<const Route*> all() const;

 private:
  struct Node;
  struct Table;
  std::unique_ptr<Table> table_;
};

struct ApiInfo {
  std::string_view title;
  std::string_view version;
};
/// OpenAPI 3.1 of every documented route, as JSON text. Each operation names its permission as `x-permission`.
std::string openapi_document(const Router& router, const ApiInfo& info);
/// Adds `/api/v1/openapi.json`, public. Call it after every other add.
void add_openapi_route(Router& router, const ApiInfo& info);

}  // namespace cairn::http
