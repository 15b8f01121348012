#include "sim/door.h"

#include "base/check.h"
#include "ingest/routes.h"
#include "ingest/segment_form.h"

namespace cairn::sim {
namespace {

constexpr ingest::SourceForm kForms[] = {ingest::SourceForm::browser, ingest::SourceForm::server,
                                         ingest::SourceForm::webhook};

class AnswerSink final : public http::Sink {
 public:
  explicit AnswerSink(Door::Answer answer) : answer_(std::move(answer)) {}
  void deliver(http::Response response) override { answer_(response.status); }
  std::shared_ptr<http::EventStream> open_stream(const http::Headers&) override { return nullptr; }
  void watch_client(std::function<void()> /*gone*/) override {}

 private:
  const Door::Answer answer_;
};

Result<std::string> key_of(ingest::Sources& sources, const std::string& name, ingest::SourceForm form) {
  auto by = accounts::Actor::operator_of_machine();
  for (const ingest::Source& source : sources.all())
    if (source.name == name) return TRY(sources.rotate(by, source.id, hours(1))).text;
  return TRY(sources.add(by, {name, form})).key.text;
}

}  // namespace

Door::Door(app::Instance& instance, Planted planted) : instance_(instance), planted_(planted) {
  for (http::Route& route : ingest::segment_routes(instance.ingest()))
    if (route.path == "/v1/batch" && route.method == http::Method::post) batch_ = std::move(route.handler);
  CHECK(batch_, "there is no POST /v1/batch");
}

Result<std::unique_ptr<Door>> Door::open(app::Instance& instance, const std::vector<std::string>& sources,
                                         Planted planted) {
  std::unique_ptr<Door> door(new Door(instance, planted));
  for (size_t i = 0; i < sources.size(); ++i)
    door->keys_.push_back(TRY(key_of(instance.ingest().sources(), sources[i], kForms[i % std::size(kForms)])));
  return door;
}

void Door::post(size_t source, std::vector<std::string> calls, const Answer& answer) {
  if (planted_ == Planted::lost_keys && instance_.store().figures().failed > 0)
    for (std::string& call : calls)
      if (size_t at = call.find("\"messageId\""); at != call.npos) call.replace(at, 11, "\"message\"");
  if (planted_ == Planted::lost_refusals)
    std::erase_if(calls, [](const std::string& call) { return call.find("\"bad\"") != call.npos; });
  if (planted_ == Planted::early_answer) {
    answer(200);
    return deliver(source, calls, [](int) {});
  }
  if (planted_ == Planted::torn_delivery && calls.size() > 3) {
    auto middle = calls.begin() + static_cast<int64_t>(calls.size() / 2);
    std::vector<std::string> rest(middle, calls.end());
    calls.erase(middle, calls.end());
    auto first = std::make_shared<int>(0);
    deliver(source, calls, [first](int status) { *first = status; });
    return deliver(source, rest, [first, answer](int status) { answer(*first == 200 ? status : 429); });
  }
  deliver(source, calls, answer);
}

void Door::deliver(size_t source, const std::vector<std::string>& calls, const Answer& answer) {
  auto request = std::make_shared<http::Request>();
  request->method = http::Method::post;
  request->path = "/v1/batch";
  request->route = "/v1/batch";
  request->headers.add("Authorization", "Bearer " + keys_[source]);
  request->headers.add("User-Agent", "simulated/1.0");
  request->client_address = "203.0.113.7";
  request->received_at = instance_.world().clock.now();
  request->overloaded_status = 429;
  request->body = fmt::format(R"({{"batch":[{}]}})", fmt::join(calls, ","));
  batch_(*request, http::Reply(request, std::make_unique<AnswerSink>(answer), ingest::segment_error));
}

}  // namespace cairn::sim
