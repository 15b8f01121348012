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
  act_later(milliseconds(50));
  if (!parts_.server.door || parts_.server.is_dead) return;
  if (makes_ && waiting_.size() + flying_.size() < 12 && parts_.random.chance(0.8)) waiting_.push_back(make());
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

std::string Client::identifiers(bool is_known) {
  Random& random = parts_.random;
  std::string out;
  if (!is_known) return R"("userId":null,)";
  if (random.chance(0.6)) out = fmt::format(R"("userId":"{}",)", word("u", 40));
  if (out.empty() || random.chance(0.4)) out += fmt::format(R"("anonymousId":"{}",)", word("a", 60));
  return out;
}

/// Of somebody who may be erased.
Client::Shot Client::make_guests_shot() {
  Random& random = parts_.random;
  Guest guest = parts_.model.guest(random);
  Shot shot;
  shot.is_bad = random.chance(0.1);
  shot.key = guest_key(std::to_string(parts_.number), ++keys_);
  GuestCall call{0, shot.key, fmt::format(R"("total":{}.75)", random.below(90)), shot.is_bad, ""};
  shot.marker = parts_.model.add_event(parts_.source_name, shot.key, shot.is_bad, {guest.number, call.total});
  call.n = shot.marker;
  call.at = to_rfc3339(parts_.clock.now() - seconds(static_cast<int64_t>(random.below(86'400))));
  shot.call = call_of(guest, call, random);
  return shot;
}

Client::Shot Client::make_shot() {
  Random& random = parts_.random;
  if (random.chance(0.05)) return make_guests_shot();
  Shot shot;
  shot.is_bad = random.chance(0.03);
  // Clients of one source share its keys: some of theirs are the same fact. Other sources have the same keys too.
  if (!shot.is_bad && random.chance(0.03)) shot.key = word("shared-", 30);
  else if (shot.is_bad || random.chance(0.95)) shot.key = fmt::format("m-{}-{}", parts_.number, ++keys_);
  uint64_t flaw = shot.is_bad ? random.below(4) : 9;
  if (flaw == 0) shot.key.append(300, 'k');
  shot.marker = parts_.model.add_event(parts_.source_name, shot.key, shot.is_bad);
  std::string kind = random.chance(0.05) ? word("Own Kind ", 40) : kKinds[random.below(std::size(kKinds))];
  std::string who = flaw == 1 ? R"("userId":"line\nbreak",)" : identifiers(flaw != 2);
  std::string id = shot.key.empty() ? "" : fmt::format(R"("messageId":"{}",)", shot.key);
  std::string pad(random.chance(0.01) ? random.below(9'000) : random.below(100), 'x');
  std::string about = fmt::format(R"({{"n":{},"pad":"{}"{}}})", shot.marker, pad, shot.is_bad ? R"(,"bad":true)" : "");
  Time at = parts_.clock.now() - seconds(static_cast<int64_t>(random.below(86'400)));
  if (!shot.is_bad && random.chance(0.15))
    shot.call = fmt::format(R"({{"type":"identify",{}{}"traits":{{"email":"{}@example.org",{}}})", id, who,
                            word("e", 30), about.substr(1));
  else
    shot.call = fmt::format(R"({{"type":"track","event":"{}",{}{}"timestamp":"{}","properties":{}}})",
                            flaw == 3 ? "" : kind, id, who, to_rfc3339(at), about);
  return shot;
}

Client::RequestPtr Client::make() {
  Random& random = parts_.random;
  auto request = std::make_shared<Request>();
  std::vector<Model::Marker> own;
  uint64_t size = 1 + random.below(random.chance(0.3) ? parts_.batch_max : 4);
  for (uint64_t i = 0; i < size; ++i) {
    if (!remembered_.empty() && random.chance(0.05)) {
      request->shots.push_back(remembered_[random.below(remembered_.size())]);
      continue;
    }
    Shot shot = make_shot();
    if (!shot.is_bad && !shot.key.starts_with("shared")) own.push_back(shot.marker);
    request->shots.push_back(shot);
    if (!shot.is_bad && random.chance(0.02)) request->shots.push_back(std::move(shot));  // twice in one batch
  }
  parts_.model.add_request(std::move(own));
  return request;
}

void Client::send(const RequestPtr& request) {
  std::vector<std::string> calls;
  for (const Shot& shot : request->shots) {
    parts_.model.sent(shot.marker);
    calls.push_back(shot.call);
  }
  uint64_t life = parts_.server.life;
  request->life = life;
  flying_.push_back(request);
  parts_.server.door->post(parts_.source, std::move(calls), [this, request, life](int status) {
    if (parts_.server.is_dead || parts_.server.life != life) return;
    queue_->post([this, request, status, life] { take_answer(request, life, status); });
  });
}

void Client::take_answer(const RequestPtr& request, uint64_t life, int status) {
  if (request->life != life || std::erase(flying_, request) == 0) return;  // it was lost with the connection
  if (status != 200 && status != 429) parts_.model.find(fmt::format("a batch was answered {}", status));
  turned_away_ += status == 429;
  bool is_lost = parts_.random.chance(0.04);  // on its way back
  if (status != 200 || is_lost) return waiting_.push_back(request);
  for (const Shot& shot : request->shots) {
    parts_.model.acknowledged(shot.marker);
    if (shot.key.empty() || !parts_.random.chance(0.2)) continue;
    if (remembered_.size() >= kRemembered) remembered_.pop_front();
    remembered_.push_back(shot);
  }
}

void Client::lose_connection() {
  for (const RequestPtr& request : flying_) {
    request->life = 0;
    // Most clients send again; some are gone for good.
    if (!parts_.random.chance(0.1)) waiting_.push_back(request);
  }
  flying_.clear();
}

}  // namespace cairn::sim
