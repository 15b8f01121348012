#include "base/check.h"
#include "base/text.h"
#include "http/router.h"
#include "json/value.h"

namespace cairn::http {
namespace {

using json::Array;
using json::Object;

boost::json::string_view text(std::string_view view) { return {view.data(), view.size()}; }

/// Schemas are literals in our own tables, so a bad one is ours to mend at once.
json::Value schema_of(const Route& route, std::string_view schema) {
  Result<json::Value> value = json::parse(schema);
  CHECK(value.has_value(), "{} {}: its schema is not JSON: {}", method_name(route.method), route.path,
        value ? "" : value.error().message);
  return *value;
}

Object json_content(const Route& route, std::string_view schema) {
  return Object{{"application/json", Object{{"schema", schema_of(route, schema)}}}};
}

Array parameters_of(const Route& route) {
  Array out;
  for (std::string_view part : split(route.path, '/'))
    if (part.starts_with("{") && part.ends_with("}"))
      out.push_back(Object{{"name", text(part.substr(1, part.size() - 2))},
                           {"in", "path"},
                           {"required", true},
                           {"schema", Object{{"type", "string"}}}});
  for (const QueryDoc& query : route.query)
    out.push_back(Object{{"name", text(query.name)},
                         {"in", "query"},
                         {"description", text(query.what)},
                         {"required", query.is_required},
                         {"schema", Object{{"type", text(query.type)}}}});
  return out;
}

Object problem_answer() {
  Object content{{"application/problem+json", Object{{"schema", Object{{"$ref", "#/components/schemas/Problem"}}}}}};
  return Object{{"description", "What is wrong and what to do"}, {"content", std::move(content)}};
}

/// `get /api/v1/orders/{id}` → `get_orders_id`: stable, so that generated clients keep their names.
std::string operation_id(const Route& route) {
  std::string_view path = route.path;
  if (path.starts_with("/api/v1")) path.remove_prefix(7);
  std::string id = to_snake(to_lower(method_name(route.method)) + " " + std::string(path));
  while (id.ends_with("_")) id.pop_back();
  return id;
}

Object operation_of(const Route& route) {
  Object ok{{"description", "OK"}};
  if (!route.response_schema.empty()) ok["content"] = json_content(route, route.response_schema);
  Object operation{{"operationId", operation_id(route)},
                   {"summary", text(route.summary)},
                   {"x-permission", text(route.permission)},
                   {"parameters", parameters_of(route)},
                   {"responses", Object{{"2XX", std::move(ok)}, {"default", problem_answer()}}}};
  if (!route.description.empty()) operation["description"] = text(route.description);
  if (!route.request_schema.empty())
    operation["requestBody"] = Object{{"required", true}, {"content", json_content(route, route.request_schema)}};
  if (route.permission == kPublic) operation["security"] = Array();
  return operation;
}

Object components() {
  Object string{{"type", "string"}};
  Object problem{{"type", "object"},
                 {"required", Array{"type", "title", "status", "detail", "request_id"}},
                 {"properties", Object{{"type", string},
                                       {"title", string},
                                       {"status", Object{{"type", "integer"}}},
                                       {"detail", string},
                                       {"field", string},
                                       {"request_id", string}}}};
  Object key{{"type", "http"}, {"scheme", "bearer"}};
  return Object{{"schemas", Object{{"Problem", std::move(problem)}}},
                {"securitySchemes", Object{{"key", std::move(key)}}}};
}

}  // namespace

std::string openapi_document(const Router& router, const ApiInfo& info) {
  Object paths;
  for (const Route* route : router.all()) {
    if (!route->is_documented) continue;
    json::Value& path = paths[text(route->path)];
    if (!path.is_object()) path = Object();
    path.as_object()[text(to_lower(method_name(route->method)))] = operation_of(*route);
  }
  Object document{{"openapi", "3.1.0"},
                  {"info", Object{{"title", text(info.title)}, {"version", text(info.version)}}},
                  {"security", Array{Object{{"key", Array()}}}},
                  {"paths", std::move(paths)},
                  {"components", components()}};
  return json::serialize(document);
}

void add_openapi_route(Router& router, const ApiInfo& info) {
  auto document = std::make_shared<std::string>();
  Route route{.method = Method::get,
              .path = "/api/v1/openapi.json",
              .permission = kPublic,
              .lane = Lane::inline_,
              .summary = "This document",
              .handler = answer([document](const Request&) -> Result<Response> {
                Response response = json_response({});
                response.body = Body::shared(document);
                return response;
              })};
  std::vector<Route> routes;
  routes.push_back(std::move(route));
  router.add(std::move(routes));
  // Written once all routes are known, this one among them.
  *document = openapi_document(router, info);
}

}  // namespace cairn::http
