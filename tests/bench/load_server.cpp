#include "bench/load_server.h"

#include <charconv>
#include <fstream>
#include <iterator>

#include "http/client.h"
#include "json/value.h"

namespace cairn::load {
namespace {

constexpr std::string_view kKeyLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

}  // namespace

Result<std::string> run_cairn(const std::vector<std::string>& words, const test::Environment& environment) {
  test::Finished done = TRY(test::run_program(words, environment, minutes(30)));
  if (done.exit_code != 0)
    return fail(Code::unavailable, "cairn {} ended with {}: {}{}", words[0], done.exit_code, done.out, done.err);
  return std::move(done.out);
}

Result<std::string> add_source(const std::string& name, const test::Environment& environment) {
  std::string said = TRY(run_cairn({"source", "add", name, "--form", "server"}, environment));
  size_t at = said.find("cw_");
  if (at == std::string::npos) return fail(Code::corrupt, "no write key in {}", said);
  size_t end = said.find_first_not_of(kKeyLetters, at);
  return said.substr(at, end == std::string::npos ? end : end - at);
}

Result<test::ServerProcess> serve(const test::Environment& environment, const std::string& log_path) {
  return test::ServerProcess::start({"serve", "--port", "0"}, environment, log_path);
}

Result<std::string> make_api_key(test::ServerProcess& server, const std::vector<std::string>& scopes) {
  http::Client client = http::Client::tcp("127.0.0.1", server.port());
  http::ClientRequest sign_in{.method = "POST", .target = "/api/v1/session"};
  sign_in.headers = {{"Content-Type", "application/json"}};
  sign_in.body = fmt::format(R"({{"token":"{}"}})", server.link_token());
  http::ClientResponse session = TRY(client.send(sign_in));
  if (session.status != 200) return fail(Code::unavailable, "signing in gave {}: {}", session.status, session.body);
  std::string cookie(session.headers.find("Set-Cookie").value_or(""));
  json::Object body = TRY(json::parse_object(session.body));

  http::ClientRequest make{.method = "POST", .target = "/api/v1/keys"};
  make.headers = {{"Content-Type", "application/json"},
                  {"Cookie", cookie.substr(0, cookie.find(';'))},
                  {"X-CSRF-Token", std::string(json::text_at(body, "csrf").value_or(""))}};
  json::Array names(scopes.begin(), scopes.end());
  make.body = json::serialize(json::Object{{"name", "load"}, {"scopes", std::move(names)}});
  http::ClientResponse made = TRY(client.send(make));
  if (made.status != 201) return fail(Code::unavailable, "making a key gave {}: {}", made.status, made.body);
  json::Object key = TRY(json::parse_object(made.body));
  return std::string(json::text_at(key, "text").value_or(""));
}

int64_t memory_of(pid_t pid, std::string_view field) {
  std::ifstream file(fmt::format("/proc/{}/status", pid));  // of no size that could be asked for
  std::string text(std::istreambuf_iterator<char>(file), {});
  size_t at = text.find(fmt::format("{}:", field));
  if (at == std::string::npos) return 0;
  at = text.find_first_of("0123456789", at);
  int64_t kilobytes = 0;
  std::from_chars(text.data() + at, text.data() + text.size(), kilobytes);
  return kilobytes * 1024;
}

}  // namespace cairn::load
