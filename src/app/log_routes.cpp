#include "app/log_routes.h"

#include "accounts/permissions.h"
#include "events/log_text.h"

namespace cairn::app {
namespace {

using http::Request;
using http::Response;

constexpr int64_t kRowsMax = 10'000;

Result<Response> read_log(events::Log& log, const Request& request) {
  int64_t after = TRY(http::query_int(request, "after", 0, 0, INT64_MAX));
  int64_t limit = TRY(http::query_int(request, "limit", 1000, 1, kRowsMax));
  std::string text = R"({"rows":[)";
  int64_t rows = 0;
  Seq last = TRY(log.sweep(Seq{after}, [&](const events::LogRow& row) {
    if (rows++ > 0) text += ',';
    events::append_json(text, row, log);
    return rows < limit;
  }));
  text += fmt::format(R"(],"next":{}}})", rows > 0 ? std::to_string(last.value) : "null");
  return http::json_response(std::move(text));
}

}  // namespace

http::Route log_route(events::Log& log) {
  return {.method = http::Method::get,
          .path = "/api/v1/log",
          .permission = accounts::kExport,
          .summary = "Rows of the log, in the order that we learnt of them",
          .description = "Ask again with `after` = `next` until `next` is null.",
          .query = {{"after", "Rows behind this number", "integer"}, {"limit", "1 to 10,000", "integer"}},
          .handler = http::answer([&log](const Request& r) { return read_log(log, r); })};
}

}  // namespace cairn::app
