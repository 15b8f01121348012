#include "app/operator_routes.h"

#include <charconv>
#include <limits>

#include "app/operator_model.h"
#include "http/json_body.h"

namespace cairn::app {
namespace {

using http::Method;
using http::Request;
using http::Response;

Result<int64_t> job_of(const Request& request) {
  const std::string& text = request.param("job");
  int64_t job = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), job);
  if (error != std::errc() || end != text.data() + text.size())
    return fail_at("job", "'{}' is no number of a command", text);
  return job;
}

Result<Response> start(Jobs& jobs, const Request& request) {
  auto asked = TRY(http::read_body<CommandAsked>(request));
  const Command* command = find_command(asked.command);
  if (!command) return fail_at("command", "the server knows no command '{}'; is it of another version?", asked.command);
  if (!command->runs_in_server)
    return fail(Code::conflict, "`cairn {}` cannot run while a server serves this directory; stop the server first",
                asked.command);
  return http::accepted_response(json::encode_text(CommandStarted{jobs.start(*command, std::move(asked.options))}));
}

Result<Response> look(Jobs& jobs, const Request& request) {
  int64_t after = TRY(http::query_int(request, "after", 0, 0, std::numeric_limits<int64_t>::max()));
  Jobs::State state = TRY(jobs.look(TRY(job_of(request)), static_cast<size_t>(after)));
  CommandState out{std::move(state.text), std::move(state.progress), state.is_done, {}};
  if (state.error) out.error = state.error->message;
  return http::json_of(out);
}

Result<Response> cancel(Jobs& jobs, const Request& request) {
  TRY(jobs.cancel(TRY(job_of(request))));
  return http::empty_response();
}

}  // namespace

std::vector<http::Route> operator_routes(Jobs& jobs) {
  return {
      {.method = Method::post,
       .path = "/operator/commands",
       .permission = kOperator,
       .summary = "Runs a command of the command line in this server",
       .is_documented = false,
       .handler = http::answer([&jobs](const Request& r) { return start(jobs, r); })},
      {.method = Method::get,
       .path = "/operator/commands/{job}",
       .permission = kOperator,
       .summary = "How far a command is",
       .is_documented = false,
       .handler = http::answer([&jobs](const Request& r) { return look(jobs, r); })},
      {.method = Method::delete_,
       .path = "/operator/commands/{job}",
       .permission = kOperator,
       .summary = "Asks a command to stop",
       .is_documented = false,
       .handler = http::answer([&jobs](const Request& r) { return cancel(jobs, r); })},
  };
}

}  // namespace cairn::app
