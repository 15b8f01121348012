#include "api/play.h"

#include <optional>

#include "api/check.h"
#include "api/process.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/file.h"
#include "http/client.h"
#include "json/value.h"
#include "support/bytes.h"

namespace cairn::test {
namespace {

constexpr Duration kCommandLimit = seconds(300);
constexpr Duration kEventualLimit = seconds(30);

class Player {
 public:
  explicit Player(const Stage& stage) : stage_(stage) {
    variables_["dir"] = stage.directory;
    variables_["data"] = data_directory();
    variables_["store"] = stage.store_url.empty() ? "embedded" : "postgres";
    environment_.set = {{"CAIRN_DATA", data_directory()}, {"CAIRN_STORE", stage.store_url}};
  }

  Result<void> play(const Scenario& scenario) {
    for (const Step& step : scenario.steps)
      if (Result<void> done = play_step(step); !done)
        return fail(done.error().code, "line {}: {}", failed_line_ ? failed_line_ : step.line, done.error().message);
    return stop();
  }

 private:
  std::string data_directory() const { return join_path(stage_.directory, "data"); }
  Result<std::string> fill(std::string_view text) const { return fill_in(text, variables_); }

  Result<void> play_step(const Step& step) {
    switch (step.kind) {
      case Step::Kind::request:
      case Step::Kind::cli: return step.is_repeated ? play_until_it_holds(step) : play_once(step);
      case Step::Kind::as: who_ = step.words; return {};
      case Step::Kind::key: return make_key(step);
      case Step::Kind::let: variables_[step.target] = TRY(fill(step.body)); return {};
      case Step::Kind::file: {
        std::string text = TRY(fill(step.body));
        return system_files().write(join_path(stage_.directory, step.target), text);
      }
      case Step::Kind::restart: TRY(stop()); return ensure_server();
      case Step::Kind::stop: return stop();
      case Step::Kind::nowhere:
      case Step::Kind::somewhere: return look_for(step);
      case Step::Kind::kill:
        if (server_) server_->kill();
        forget_server();
        return {};
    }
    return {};
  }

  /// In every file of the data directory.
  Result<void> look_for(const Step& step) {
    std::string text = TRY(fill(step.target));
    auto files = files_with(data_directory(), text);
    if (step.kind == Step::Kind::nowhere && !files.empty())
      return fail(Code::invalid, "\"{}\" is in {}", text, files.front());
    if (step.kind == Step::Kind::somewhere && files.empty() && stage_.store_url.empty())
      return fail(Code::invalid, "\"{}\" is nowhere", text);
    return {};
  }

  Result<void> play_once(const Step& step) {
    failed_line_ = 0;
    Outcome outcome = TRY(step.kind == Step::Kind::cli ? run_command(step) : send(step));
    bool names_status = false;
    for (const Check& check : step.checks) {
      failed_line_ = check.line;
      names_status |= check.subject == "status" || check.subject == "exit";
      TRY(check_outcome(check, outcome, variables_));
    }
    failed_line_ = 0;
    bool is_good = step.kind == Step::Kind::cli ? outcome.status == 0 : outcome.status >= 200 && outcome.status < 400;
    if (!names_status && !is_good)
      return fail(Code::invalid, "it ended with {}: {}{}", outcome.status, outcome.text, outcome.error_text);
    for (const Capture& capture : step.captures) {
      failed_line_ = capture.line;
      variables_[capture.variable] = TRY(take_capture(capture, outcome));
    }
    return {};
  }

  /// Again and again until all checks hold: what is done in the background has no moment to wait for.
  Result<void> play_until_it_holds(const Step& step) {
    Duration end = system_clock().elapsed() + kEventualLimit;
    for (;;) {
      Result<void> done = play_once(step);
      if (done || system_clock().elapsed() > end) return done;
      system_executor().make_signal()->wait_for(milliseconds(20));
    }
  }

  Result<void> ensure_server() {
    if (server_) return {};
    server_.emplace(
        TRY(ServerProcess::start({"serve", "--port", "0"}, environment_, join_path(stage_.directory, "server.log"))));
    client_.emplace(http::Client::tcp("127.0.0.1", server_->port()));
    return {};
  }

  void forget_server() {
    server_.reset();
    client_.reset();
  }

  Result<void> stop() {
    Result<void> stopped = server_ ? server_->stop() : Result<void>();
    forget_server();
    return stopped;
  }

  Result<void> sign_in() {
    if (!cookie_.empty()) return {};
    std::string token = server_->link_token();
    if (token.empty()) return fail(Code::unavailable, "the server printed no \"sign in: \" line");
    http::ClientRequest request{.method = "POST", .target = "/api/v1/session"};
    request.headers = {{"Content-Type", "application/json"}};
    request.body = "{\"token\":\"" + token + "\"}";
    http::ClientResponse response = TRY(client_->send(request));
    if (response.status != 200) return fail(Code::invalid, "signing in gave {}: {}", response.status, response.body);
    std::string cookie(response.headers.find("Set-Cookie").value_or(""));
    cookie_ = cookie.substr(0, cookie.find(';'));
    json::Object session = TRY(json::parse_object(response.body));
    csrf_ = json::text_at(session, "csrf").value_or("");
    return {};
  }

  static bool has_header(const http::ClientRequest& request, std::string_view name) {
    for (const http::Field& field : request.headers)
      if (field.name == name) return true;
    return false;
  }

  Result<void> add_credentials(http::ClientRequest& request) {
    if (who_[0] == "key") {
      std::string text = TRY(fill("{" + who_[1] + "}"));
      if (!has_header(request, "Authorization")) request.headers.push_back({"Authorization", "Bearer " + text});
    } else if (who_[0] == "owner") {
      TRY(sign_in());
      if (!has_header(request, "Cookie")) request.headers.push_back({"Cookie", cookie_});
      bool is_safe = request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
      if (!is_safe && !has_header(request, "X-CSRF-Token")) request.headers.push_back({"X-CSRF-Token", csrf_});
    }
    return {};
  }

  Result<http::ClientRequest> build(const Step& step) {
    http::ClientRequest request;
    request.method = step.method;
    request.target = TRY(fill(step.target));
    for (const auto& [name, value] : step.headers) {
      std::string filled = TRY(fill(value));
      request.headers.push_back({name, filled});
    }
    if (!step.body_file.empty()) {
      std::string name = TRY(fill(step.body_file));
      request.body = TRY(system_files().read(name.starts_with("/") ? name : join_path(stage_.directory, name)));
    } else {
      request.body = TRY(fill(step.body));
    }
    if (!request.body.empty() && !has_header(request, "Content-Type"))
      request.headers.push_back({"Content-Type", "application/json"});
    return request;
  }

  Result<Outcome> send(const Step& step) {
    TRY(ensure_server());
    http::ClientRequest request = TRY(build(step));
    TRY(add_credentials(request));
    http::ClientResponse response = TRY(client_->send(request, seconds(120)));
    return Outcome{response.status, std::move(response.headers), std::move(response.body), ""};
  }

  Result<Outcome> run_command(const Step& step) {
    std::string command = TRY(fill(step.target));
    std::vector<std::string> words = TRY(split_words(command));
    Finished finished = TRY(run_program(words, environment_, kCommandLimit));
    return Outcome{finished.exit_code, {}, std::move(finished.out), std::move(finished.err)};
  }

  Result<void> make_key(const Step& step) {
    TRY(ensure_server());
    TRY(sign_in());
    json::Array scopes;
    for (size_t i = 1; i < step.words.size(); ++i) scopes.emplace_back(step.words[i]);
    http::ClientRequest request{.method = "POST", .target = "/api/v1/keys"};
    request.headers = {{"Content-Type", "application/json"}, {"Cookie", cookie_}, {"X-CSRF-Token", csrf_}};
    request.body = json::serialize(json::Object{{"name", step.words[0]}, {"scopes", std::move(scopes)}});
    http::ClientResponse response = TRY(client_->send(request));
    if (response.status != 201) return fail(Code::invalid, "making a key gave {}: {}", response.status, response.body);
    json::Object made = TRY(json::parse_object(response.body));
    variables_[step.words[0]] = json::text_at(made, "text").value_or("");
    return {};
  }

  Stage stage_;
  Environment environment_;
  Variables variables_;
  std::vector<std::string> who_{"guest"};
  std::optional<ServerProcess> server_;
  std::optional<http::Client> client_;
  std::string cookie_;
  std::string csrf_;
  int failed_line_ = 0;
};

}  // namespace

Result<void> play(const Scenario& scenario, const Stage& stage) { return Player(stage).play(scenario); }

}  // namespace cairn::test
