#include "http/server.h"

namespace cairn::http {

Route metrics_route(Metrics& metrics, std::string_view permission) {
  return {.method = Method::get,
          .path = "/metrics",
          .permission = permission,
          .lane = Lane::pages,
          .summary = "Figures for Prometheus",
          .is_documented = false,
          .handler = answer([&metrics](const Request&) -> Result<Response> {
            Response response = text_response(metrics.text());
            response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            return response;
          })};
}

Route health_route(std::function<Result<void>()> check) {
  return {.method = Method::get,
          .path = "/healthz",
          .permission = kPublic,
          .lane = Lane::pages,
          .summary = "Whether the server can do its work",
          .is_documented = false,
          .handler = answer([check = std::move(check)](const Request&) -> Result<Response> {
            TRY(check());
            return json_response(R"({"status":"ok"})");
          })};
}

}  // namespace cairn::http
