// Questions of one customer.
#include <map>

#include "engine/evaluate.h"
#include "query/printer.h"
#include "questions/service_state.h"

namespace cairn::questions {
namespace {

/// The events of a customer with these seq, in the order given.
Result<std::vector<Event>> events_of(const timeline::Version& version, CustomerId customer,
                                     const std::vector<Seq>& wanted) {
  std::vector<Event> out;
  if (wanted.empty()) return out;
  auto place = version.find(customer);
  if (!place) return out;
  TRY(place->part->touch({place->customer, place->customer + 1}));
  std::map<int64_t, Event> found;
  for (Seq seq : wanted) found[seq.value] = {seq, {}, {}};
  for (size_t kind = 0; kind < version.schema().kinds().size(); ++kind) {
    const timeline::Stream* stream = place->part->stream(static_cast<timeline::KindIndex>(kind));
    if (!stream) continue;
    for (uint32_t row = stream->offsets().begin(place->customer); row < stream->offsets().end(place->customer); ++row)
      if (auto it = found.find(stream->seq()[row]); it != found.end())
        it->second = {it->second.seq, version.schema().kinds()[kind].stream, Time{stream->occurred_at()[row]}};
  }
  for (Seq seq : wanted) out.push_back(found[seq.value]);
  return out;
}

Result<OneAnswer> answer(Service::State& s, const AskedOfOne& asked, Running& running) {
  auto set = s.segments();
  query::Checked checked = TRY(s.checked(asked.text, *set));
  if (checked.query.question())
    return fail_at("text", "one customer is asked an expression, like `count(orders)`; this is a question about many");
  TRY(check_personal(checked, *s.history.catalogue(), asked.sees_customers));
  auto ready = TRY(s.ready(checked, *set, running));
  OneAnswer out;
  out.customer = asked.customer;
  out.text = query::print(checked.query);
  out.type = checked.type();
  out.as_of = s.world.clock.now();
  if (!asked.as_of.empty()) {
    auto at = parse_moment(asked.as_of, ready.version->schema().reading().zone);
    if (!at) return fail_at("as_of", "as of: {}", at.error().message);
    out.as_of = *at;
  }
  out.as_known = asked.as_known;
  out.last = ready.version->last();
  engine::Look look{out.as_of, asked.as_known};
  engine::Answer found = TRY(engine::evaluate(*ready.plan, *ready.version, asked.customer, look));
  out.value = std::move(found.value);
  out.skipped = found.skipped;
  out.valid_until = found.valid_until;
  if (!asked.explains) return out;
  for (engine::Reason& reason : TRY(engine::explain(*ready.plan, *ready.version, asked.customer, look))) {
    std::vector<Event> events = TRY(events_of(*ready.version, asked.customer, reason.events));
    out.why.push_back({std::move(reason.text), std::move(reason.value), std::move(events), reason.event_count});
  }
  return out;
}

}  // namespace

Result<OneAnswer> Service::ask_one(const AskedOfOne& asked, const std::shared_ptr<Running>& running) {
  return within(*state_, running, kAnswerLimit, [&] { return answer(*state_, asked, *running); });
}

}  // namespace cairn::questions
