#include "app/remote.h"

#include "app/operator_model.h"
#include "http/client.h"
#include "json/codec.h"

namespace cairn::app {
namespace {

constexpr Duration kPoll = milliseconds(150);

/// What a problem document says, for a terminal.
Error error_of(const http::ClientResponse& response) {
  auto problem = json::parse_object(response.body);
  const json::Value* detail = problem ? json::find(*problem, "detail") : nullptr;
  std::string text = detail && detail->is_string() ? std::string(detail->get_string())
                                                   : fmt::format("the server answered {}", response.status);
  return {Code::unavailable, std::move(text)};
}

template <class T>
Result<T> ask(http::Client& client, const http::ClientRequest& request) {
  auto response = TRY(client.send(request));
  if (response.status >= 300) return tl::unexpected(error_of(response));
  return json::decode_text<T>(response.body);
}

}  // namespace

Result<void> run_in_server(World& world, const std::string& directory, std::string_view command, json::Object options,
                           Output& output) {
  auto client = http::Client::unix_socket(socket_of(directory));
  auto started =
      TRY(ask<CommandStarted>(client, {"POST",
                                       "/operator/commands",
                                       {{"Content-Type", "application/json"}},
                                       json::encode_text(CommandAsked{std::string(command), std::move(options)})}));
  std::string target = fmt::format("/operator/commands/{}", started.job);
  size_t seen = 0;
  bool told = false;
  for (auto pause = world.executor.make_signal();;) {
    if (output.is_cancelled() && !told) {
      told = true;
      TRY(client.send({"DELETE", target, {}, ""}));
    }
    auto state = TRY(ask<CommandState>(client, {"GET", fmt::format("{}?after={}", target, seen), {}, ""}));
    seen += state.text.size();
    if (!state.text.empty()) output.text(state.text);
    output.progress(state.progress);
    if (state.done && state.error) return fail(Code::unavailable, "{}", *state.error);
    if (state.done) return {};
    if (state.text.empty()) (void)pause->wait_for(kPoll);
  }
}

}  // namespace cairn::app
