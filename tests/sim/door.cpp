#include "sim/door.h"

namespace cairn::sim {

Result<void> Door::submit(SourceId source, std::vector<events::NewEvent> events, Answer answer) {
  if (planted_ == Planted::lost_keys && instance_.store().figures().failed > 0)
    for (events::NewEvent& event : events) event.source_key.clear();
  if (planted_ == Planted::credulous)
    for (events::NewEvent& event : events) {
      if (event.kind.empty()) event.kind = "Mended";
      if (event.identifiers.empty()) event.identifiers = {{"user_id", "somebody"}};
    }
  if (planted_ == Planted::torn_delivery && events.size() > 3) {
    std::vector<events::NewEvent> rest(events.begin() + static_cast<int64_t>(events.size() / 2), events.end());
    events.resize(events.size() - rest.size());
    auto first = std::make_shared<Result<std::vector<events::Outcome>>>();
    TRY(write(source, std::move(events), [first](auto result) { *first = std::move(result); }));
    return write(source, std::move(rest), [first, answer = std::move(answer)](auto result) {
      if (*first && result) {
        (*first)->insert((*first)->end(), result->begin(), result->end());
        return answer(std::move(*first));
      }
      answer(*first ? std::move(result) : std::move(*first));
    });
  }
  return write(source, std::move(events), std::move(answer));
}

Result<void> Door::write(SourceId source, std::vector<events::NewEvent> events, Answer answer) {
  struct Sent {
    std::vector<events::NewEvent> events;
    std::vector<events::Outcome> outcomes;
    Answer answer;
  };
  auto sent = std::make_shared<Sent>(Sent{std::move(events), {}, std::move(answer)});
  return instance_.store().write(
      db::Lane::ingestion,
      [this, sent, source](db::Transaction& tx) -> Result<void> {
        sent->outcomes = TRY(instance_.log().append(tx, instance_.identities(), sent->events, {.source = source}));
        if (planted_ == Planted::early_answer && sent->answer) std::exchange(sent->answer, nullptr)(sent->outcomes);
        return {};
      },
      [sent](const Result<void>& result) {
        if (!sent->answer) return;
        if (result) sent->answer(std::move(sent->outcomes));
        else sent->answer(tl::unexpected(result.error()));
      });
}

}  // namespace cairn::sim
