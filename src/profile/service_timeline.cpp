#include <algorithm>
#include <map>

#include "base/text.h"
#include "events/model.h"
#include "profile/names.h"
#include "profile/service_at.h"
#include "profile/store.h"

namespace cairn::profile {
namespace {

/// Rows of the log that one page reads at most to find a text.
constexpr size_t kLooked = 5000;
constexpr size_t kPiece = 250;

Result<std::optional<Time>> moment_of(const std::string& text, std::string_view name, const Zone& zone) {
  if (text.empty()) return std::optional<Time>();
  auto at = parse_moment(text, zone);
  if (!at) return fail_at(std::string(name), "{}", at.error().message);
  return std::optional(*at);
}

Cursor cursor_of(const Moment& moment) { return {moment.occurred_at.micros, moment.seq.value}; }

bool is_told_in(const Moment& moment, std::string_view folded) {
  if (folded.empty() || fold_name(moment.kind).find(folded) != std::string::npos) return true;
  return fold_name(json::serialize(moment.properties)).find(folded) != std::string::npos;
}

}  // namespace

Result<Filter> Service::filter_of(const PageAsked& asked, const timeline::Schema& schema) const {
  Filter out;
  for (const std::string& name : asked.kinds) {
    auto kind = schema.find_stream(name);
    if (!kind) kind = schema.find_kind(name);
    if (!kind) return fail_at("kind", "there is no kind of event '{}'", name);
    out.kinds.insert(*kind);
  }
  const Zone& zone = schema.reading().zone;
  out.since = TRY(moment_of(asked.since, "since", zone));
  out.until = TRY(moment_of(asked.until, "until", zone));
  out.channel = asked.channel;
  return out;
}

/// The rows of these places, in their order. One that went meanwhile is passed over.
Result<void> Service::read_moments(std::span<const Place> places, const timeline::Schema& schema,
                                   std::vector<Moment>& out) const {
  std::vector<Seq> seqs;
  for (const Place& place : places) seqs.push_back({place.cursor.seq});
  std::map<int64_t, Moment> found;
  TRY(store_.read([&](db::Session& session) {
    return rows::each_event(session, seqs, [&](const rows::Row& row) {
      auto properties = json::parse(row.properties);
      Moment& moment = found[row.seq.value];
      moment = {row.seq,
                log_.kind_name(row.kind),
                {},
                row.occurred_at,
                row.known_at,
                log_.source_name(row.source),
                row.customer,
                (row.flags & events::kHistorical) != 0,
                properties ? *properties : json::Value()};
    });
  }));
  for (const Place& place : places) {
    auto moment = found.find(place.cursor.seq);
    if (moment == found.end()) continue;
    moment->second.stream = schema.kinds()[place.kind].stream;
    out.push_back(std::move(moment->second));
  }
  return {};
}

Result<TimelinePage> Service::timeline(CustomerId customer, const PageAsked& asked) {
  At at = TRY(this->at(customer));
  Look look = look_at(at);
  Filter filter = TRY(filter_of(asked, look.schema));
  Cursor cursor;
  if (!asked.cursor.empty()) cursor = TRY(parse_cursor(asked.cursor));
  std::string folded = fold_name(asked.text);
  TimelinePage out;
  out.id = at.root;
  // One more than the page shows whether there is another.
  size_t wanted = asked.limit + 1;
  std::vector<Place> places = places_behind(look, cursor, filter, folded.empty() ? wanted : kLooked);
  size_t next = 0;
  while (next < places.size() && out.events.size() < wanted) {
    std::span<const Place> piece(places.data() + next, std::min(kPiece, places.size() - next));
    next += piece.size();
    std::vector<Moment> moments;
    TRY(read_moments(piece, look.schema, moments));
    for (Moment& moment : moments)
      if (out.events.size() < wanted && is_told_in(moment, folded)) out.events.push_back(std::move(moment));
  }
  out.looked_at = static_cast<int64_t>(next);
  if (out.events.size() == wanted) {
    out.events.pop_back();
    if (!out.events.empty()) out.next = to_text(cursor_of(out.events.back()));
  } else if (!folded.empty() && places.size() == kLooked) {
    // The text may be further back: the next page looks there.
    out.next = to_text(places.back().cursor);
  }
  return out;
}

}  // namespace cairn::profile
