#include "sim/client.h"

#include <algorithm>

namespace cairn::sim {
namespace {

constexpr const char* kKinds[] = {"Order Completed", "Product Viewed", "Page Viewed", "Cart Viewed", "Survey Answered"};
constexpr size_t kRemembered = 60;

}  // namespace

Client::Client(Parts parts) : parts_(std::move(parts)) {
  queue_ = parts_.executor.make_queue("client " + std::to_string(parts_.number));
  act_later(milliseconds(20));
}

void Client::act_later(Duration most) {
  auto wait = static_cast<int64_t>(parts_.random.below(static_cast<uint64_t>(most.micros) + 1));
  queue_->post_after(microseconds(wait), [this] { act(); });
}

void Client::act() {
  act_later(milliseconds(30));
  if (!parts_.server.door || parts_.server.is_dead) return;
  if (makes_ && waiting_.size() + on_its_way_ < 12 && parts_.random.chance(0.8)) waiting_.push_back(make());
  int most = 1 + static_cast<int>(parts_.random.below(4));
  for (; most > 0 && !waiting_.empty(); --most) {
    size_t which = parts_.random.below(waiting_.size());
    RequestPtr request = waiting_[which];
    waiting_.erase(waiting_.begin() + static_cast<int64_t>(which));
    send(request);
  }
}

std::string Client::word(std::string_view stem, uint64_t below) {
  return fmt::format("{}{}", stem, parts_.random.below(below));
}

Client::Shot Client::make_shot() {
  Random& random = parts_.random;
  events::NewEvent event;
  event.kind = random.chance(0.05) ? word("Own Kind ", 40) : kKinds[random.below(std::size(kKinds))];
  event.occurred_at = parts_.clock.now() - seconds(static_cast<int64_t>(random.below(86'400)));
  if (random.chance(0.5)) event.identifiers.push_back({"user_id", word("u", 40)});
  if (random.chance(0.3)) event.identifiers.push_back({"email", word("e", 30) + "@example.org"});
  if (event.identifiers.empty() || random.chance(0.4)) event.identifiers.push_back({"anonymous_id", word("a", 60)});
  // Clients of one source share its keys: some of theirs are the same fact. Other sources have the same keys too.
  if (random.chance(0.03)) event.source_key = word("shared-", 30);
  else if (random.chance(0.95)) event.source_key = fmt::format("m-{}-{}", parts_.number, ++keys_);
  return {-1, std::move(event)};
}

Client::Shot Client::make_bad(Shot shot) {
  events::NewEvent& event = shot.event;
  switch (parts_.random.below(4)) {
    case 0: event.identifiers.clear(); break;
    case 1: event.kind.clear(); break;
    case 2: event.source_key.assign(300, 'k'); break;
    default: event.identifiers.back().value = "line\nbreak"; break;
  }
  return shot;
}

Client::RequestPtr Client::make() {
  Random& random = parts_.random;
  auto request = std::make_shared<Request>();
  std::vector<Model::Marker> own;
  uint64_t size = 1 + random.below(random.chance(0.3) ? static_cast<uint64_t>(parts_.batch_max) : 4);
  for (uint64_t i = 0; i < size; ++i) {
    if (!remembered_.empty() && random.chance(0.05)) {
      request->shots.push_back(remembered_[random.below(remembered_.size())]);
      continue;
    }
    bool is_bad = random.chance(0.03);
    Shot shot = make_shot();
    if (is_bad) shot = make_bad(std::move(shot));
    shot.marker = parts_.model.add_event(parts_.source_name, shot.event.source_key, is_bad);
    std::string pad(random.chance(0.03) ? random.below(20'000) : random.below(200), 'x');
    shot.event.properties = fmt::format(R"({{"n":{},"pad":"{}"}})", shot.marker, pad);
    request->shots.push_back(shot);
    if (!is_bad && !shot.event.source_key.starts_with("shared")) own.push_back(shot.marker);
    if (!is_bad && random.chance(0.02)) request->shots.push_back(std::move(shot));  // twice in one batch
  }
  parts_.model.add_request(std::move(own));
  return request;
}

void Client::send(const RequestPtr& request) {
  std::vector<events::NewEvent> events;
  for (const Shot& shot : request->shots) {
    parts_.model.sent(shot.marker);
    events.push_back(shot.event);
  }
  request->life = parts_.server.life;
  request->is_answered = false;
  uint64_t life = request->life;
  auto answer = [this, request, life](Result<std::vector<events::Outcome>> result) {
    if (parts_.server.is_dead || parts_.server.life != life) return;
    auto shared = std::make_shared<Result<std::vector<events::Outcome>>>(std::move(result));
    queue_->post([this, request, shared, life] {
      if (request->life == life) take_answer(request, *shared);
    });
  };
  flying_.push_back(request);
  ++on_its_way_;
  Result<void> taken = parts_.server.door->submit(parts_.server.sources[parts_.source], std::move(events), answer);
  if (!taken) take_answer(request, tl::unexpected(taken.error()));
}

void Client::take_answer(const RequestPtr& request, const Result<std::vector<events::Outcome>>& answer) {
  if (std::exchange(request->is_answered, true)) return;  // it was lost with the connection
  std::erase(flying_, request);
  --on_its_way_;
  if (!answer) {
    last_error_ = answer.error().message + " " + answer.error().detail;
    Code code = answer.error().code;
    if (code != Code::overloaded && code != Code::unavailable)
      parts_.model.find(fmt::format("a batch was answered {}: {} ({})", static_cast<int>(code), answer.error().message,
                                    answer.error().detail));
    waiting_.push_back(request);
    return;
  }
  if (parts_.random.chance(0.04)) {  // the answer got lost on its way
    waiting_.push_back(request);
    return;
  }
  if (answer->size() != request->shots.size())
    return parts_.model.find(fmt::format("{} outcomes for {} events", answer->size(), request->shots.size()));
  for (size_t i = 0; i < answer->size(); ++i) {
    const Shot& shot = request->shots[i];
    parts_.model.answered(shot.marker, (*answer)[i]);
    if ((*answer)[i].fate == events::Fate::refused || shot.event.source_key.empty()) continue;
    if (remembered_.size() >= kRemembered) remembered_.pop_front();
    if (parts_.random.chance(0.2)) remembered_.push_back(shot);
  }
}

void Client::lose_connection() {
  for (const RequestPtr& request : flying_) {
    request->is_answered = true;
    request->life = 0;
    // Most clients send again; some are gone for good.
    if (!parts_.random.chance(0.1)) waiting_.push_back(request);
  }
  on_its_way_ -= flying_.size();
  flying_.clear();
}

}  // namespace cairn::sim
