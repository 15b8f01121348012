#include "rights/mentions.h"

#include <algorithm>
#include <set>

#include "base/hash.h"
#include "events/mentions.h"
#include "people/merges.h"
#include "people/normal.h"
#include "rights/store.h"
#include "timeline/rows_of.h"

namespace cairn::rights {
namespace {

constexpr size_t kRowsAPiece = 500, kPeopleAPiece = 1'000;
/// Of whom the timelines read the rows again at once: they are in memory meanwhile.
constexpr size_t kPeopleReadAgain = 20'000;

template <class T>
std::span<const T> piece_of(const std::vector<T>& all, size_t at, size_t most) {
  return std::span(all).subspan(at, std::min(most, all.size() - at));
}

/// Who was ever taken for one with these, at one remove or several. Who still is, is among them.
Result<std::set<CustomerId>> once_one_with(db::Session& session, std::span<const CustomerId> ids) {
  std::set<CustomerId> seen(ids.begin(), ids.end());
  std::vector<CustomerId> next(ids.begin(), ids.end());
  while (!next.empty()) {
    auto merges = TRY(people::merges_of(session, next));
    next.clear();
    for (const people::Merge& merge : merges)
      for (CustomerId id : {merge.tie.a, merge.tie.b, merge.tie.into})
        if (seen.insert(id).second) next.push_back(id);
  }
  for (CustomerId id : ids) seen.erase(id);
  return seen;
}

struct Mention {
  CustomerId customer;
  Seq last;
  bool is_changed = false;
};
Result<std::vector<Mention>> mentions_of(db::Session& session, RequestId request) {
  return session.all("rights.mentions", {{"request", request}}, [](const db::Row& row) {
    return Mention{row.id<CustomerId>(0), row.id<Seq>(1), row.integer(2) != 0};
  });
}

class Step {
 public:
  Step(const Parts& parts, RequestId request, std::span<const events::Identifier> own)
      : parts_(parts), request_(request), mentions_(own, normal_by(*parts.identities.rules())) {}

  Result<void> rewrite(std::span<const Mention> some) {
    std::vector<CustomerId> ids;
    Seq last;
    for (const Mention& mention : some) {
      last = mention.last;
      auto members = parts_.identities.aliases().members(mention.customer);
      ids.insert(ids.end(), members.begin(), members.end());
      ids.push_back(parts_.history.root(mention.customer));
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::vector<Seq> rows = TRY(timeline::rows_of(*parts_.history.version(), ids));
    TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
      apart_ = TRY(events::find_outside_timelines(session, ids));
      return {};
    }));
    rows.insert(rows.end(), apart_.begin(), apart_.end());
    std::erase_if(rows, [&](Seq seq) { return seq > last; });
    std::vector<Seq> theirs;
    for (size_t at = 0; at < rows.size(); at += kRowsAPiece) {
      TRY(find(piece_of(rows, at, kRowsAPiece)));
      theirs.insert(theirs.end(), found_.begin(), found_.end());
    }
    for (size_t at = 0; at < theirs.size(); at += kRowsAPiece) TRY(write(piece_of(theirs, at, kRowsAPiece), last));
    return {};
  }

 private:
  static events::Mentions::Normal normal_by(const people::Rulebook& rules) {
    return [region = rules.rules().phone_region](std::string_view kind, std::string_view value) {
      return people::normal(kind, value, region);
    };
  }

  /// Most rows of the others have nothing of it: the writer is asked for those that do.
  Result<void> find(std::span<const Seq> rows) {
    return parts_.store.read([&](db::Session& session) {
      found_.clear();
      return events::visit_rows(session, rows, [&](const events::LogRow& row) {
        if (mentions_.left_of(parts_.log, row)) found_.push_back(row.seq);
      });
    });
  }

  Result<void> write(std::span<const Seq> rows, Seq last) {
    return parts_.store.write_now(db::Lane::reactor, [&](db::Transaction& tx) -> Result<void> {
      auto taken = TRY(events::take_out(tx, parts_.log, mentions_, rows));
      for (CustomerId customer : taken.customers)
        TRY(tx.run("rights.mention_changed",
                   {{"request", request_}, {"shard", shard_of(customer)}, {"customer", customer}, {"last", last}}));
      Request now = TRY(find_request(tx, request_));
      now.counts["rows of others"] += taken.rows;
      return change_request(tx, now);
    });
  }

  const Parts& parts_;
  const RequestId request_;
  const events::Mentions mentions_;
  std::vector<Seq> apart_, found_;
};

}  // namespace

Result<void> note_mentions(db::Transaction& tx, RequestId request, std::span<const CustomerId> ids,
                           std::span<const events::Identifier> own) {
  auto last = TRY(tx.first("events.last_seq", {}, [](const db::Row& row) { return row.id<Seq>(0); })).value_or(Seq{});
  TRY(tx.run("rights.mention_in_conflict", {{"request", request}, {"ids", list_of(ids)}, {"last", last}}));
  for (const events::Identifier& id : own)
    TRY(tx.run("rights.mention_of_nobody",
               {{"request", request}, {"kind", id.kind}, {"value", id.value}, {"last", last}}));
  for (CustomerId customer : TRY(once_one_with(tx, ids)))
    TRY(tx.run("rights.mention",
               {{"request", request}, {"shard", shard_of(customer)}, {"customer", customer}, {"last", last}}));
  for (CustomerId customer : ids)
    TRY(tx.run("rights.no_mention", {{"request", request}, {"shard", shard_of(customer)}, {"customer", customer}}));
  return {};
}

Result<void> take_out_mentions(const Parts& parts, RequestId request) {
  std::vector<Mention> mentions;
  std::vector<events::Identifier> own;
  auto read = [&](db::Session& session) -> Result<void> {
    mentions = TRY(mentions_of(session, request));
    own = TRY(noted_own_identifiers(session, request));
    return {};
  };
  TRY(parts.store.read(read));
  if (mentions.empty() || own.empty()) return {};
  TRY(parts.history.catch_up());
  Step step(parts, request, own);
  for (size_t at = 0; at < mentions.size(); at += kPeopleAPiece)
    TRY(step.rewrite(piece_of(mentions, at, kPeopleAPiece)));
  TRY(parts.store.read(read));
  std::vector<CustomerId> changed;
  for (const Mention& mention : mentions)
    if (mention.is_changed) changed.push_back(mention.customer);
  for (size_t at = 0; at < changed.size(); at += kPeopleReadAgain)
    TRY(parts.history.read_again(piece_of(changed, at, kPeopleReadAgain)));
  if (changed.empty()) return {};
  for (const Holder& holder : parts.holders)
    if (holder.take_out) TRY(holder.take_out(changed, own));
  return {};
}

}  // namespace cairn::rights
