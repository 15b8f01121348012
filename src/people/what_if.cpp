#include "people/what_if.h"

#include <map>
#include <set>
#include <unordered_map>

#include "events/own.h"
#include "people/merges.h"
#include "people/town.h"

namespace cairn::people {
namespace {

constexpr int64_t kRowsANote = 100'000;

/// Merges by hand, by the rows that tell of them; of two customers by the identifiers that they had.
class ByHand {
 public:
  static Result<ByHand> read(db::Store& store) {
    ByHand out;
    TRY(store.read([&](db::Session& session) {
      return session.each("people.merges_by_hand", {}, [&](const db::Row& row) {
        out.begins_[row.integer(0)] = {{row.integer(0)}, row.id<CustomerId>(1), row.id<CustomerId>(2), {}};
        return true;
      });
    }));
    TRY(store.read([&](db::Session& session) {
      return session.each("people.merges_taken_back", {}, [&](const db::Row& row) {
        out.ends_[row.integer(0)] = {{row.integer(1)}, row.id<CustomerId>(2), row.id<CustomerId>(3), {}};
        return true;
      });
    }));
    return out;
  }
  /// `ids`: who a customer of the log is in the town.
  void play(int64_t seq, bool is_end, const std::unordered_map<CustomerId, CustomerId>& ids, Town& town) const {
    const auto& list = is_end ? ends_ : begins_;
    auto it = list.find(seq);
    if (it == list.end()) return;
    auto a = ids.find(it->second.a), b = ids.find(it->second.b);
    if (a == ids.end() || b == ids.end()) return;
    // Above the numbers that the town gives.
    events::MergeId merge{it->second.merge.value + (int64_t{1} << 61)};
    if (is_end) {
      town.ties().remove(merge);
      town.ties().keep_apart(a->second, b->second);
      return;
    }
    town.ties().allow(a->second, b->second);
    town.ties().add({merge, a->second, b->second, town.aliases().root(b->second)});
  }

 private:
  std::map<int64_t, events::Tie> begins_, ends_;
};

/// For each group of `of`, how many of `by` it holds, less one; added up.
int64_t surplus(const std::map<CustomerId, std::set<CustomerId>>& groups) {
  int64_t out = 0;
  for (const auto& [id, others] : groups) out += static_cast<int64_t>(others.size()) - 1;
  return out;
}

}  // namespace

Result<WhatIf> what_if(db::Store& store, events::Log& log, const Identities& identities, const Rules& rules,
                       const std::function<bool(int64_t)>& goes_on) {
  WhatIf out;
  Town town(TRY(Rulebook::make(rules)));
  ByHand by_hand = TRY(ByHand::read(store));
  std::unordered_map<CustomerId, CustomerId> ids;
  std::map<int64_t, bool> trust;
  TRY(store.read([&](db::Session& session) {
    return session.each("people.trusted_sources", {}, [&](const db::Row& row) {
      trust[row.integer(0)] = row.integer(1) != 0;
      return true;
    });
  }));
  Result<void> done;
  bool is_stopped = false;
  TRY(log.sweep({}, [&](const events::LogRow& row) {
    if (++out.events % kRowsANote == 0 && goes_on && !goes_on(out.events)) {
      is_stopped = true;
      return false;
    }
    std::string kind = log.kind_name(row.kind);
    if (kind == events::kCustomersMerged || kind == events::kCustomersUnmerged) {
      by_hand.play(row.seq.value, kind == events::kCustomersUnmerged, ids, town);
      return true;
    }
    auto named = events::split_identifiers(row.identifiers);
    // What Cairn tells of a customer names nobody anew; who was erased is nobody.
    if (named.empty() || named.front().kind == events::kOwnIdentifier) return true;
    auto source = trust.find(row.source.value);
    bool is_trusted = (source == trust.end() || source->second) && (row.flags & events::kSetApart) == 0;
    auto whose = town.arrive(named, row.known_at, is_trusted);
    if (!whose) done = tl::unexpected(whose.error());
    else if (!whose->is_set()) ++out.names_nobody;
    else ids.try_emplace(row.customer, *whose);
    return done.has_value();
  }));
  TRY(std::move(done));
  if (is_stopped) return fail(Code::conflict, "stopped before every event was looked at");
  // By identifiers: they are the same in both worlds.
  std::map<CustomerId, std::set<CustomerId>> then, now;
  TRY(store.read([&](db::Session& session) {
    return session.each("people.all_identifiers", {}, [&](const db::Row& row) {
      auto owner = town.owners().find(name_of({std::string(row.text(0)), std::string(row.text(1))}));
      CustomerId present = identities.aliases().root(row.id<CustomerId>(2));
      CustomerId other = owner == town.owners().end() ? CustomerId{} : town.aliases().root(owner->second);
      now[present];
      if (!other.is_set()) return true;
      now[present].insert(other);
      then[other].insert(present);
      return true;
    });
  }));
  out.people_now = static_cast<int64_t>(now.size());
  std::erase_if(now, [](const auto& group) { return group.second.empty(); });
  std::set<CustomerId> people;
  for (const auto& [name, owner] : town.owners()) people.insert(town.aliases().root(owner));
  out.people_then = static_cast<int64_t>(people.size());
  out.would_merge = surplus(then);
  out.would_split = surplus(now);
  return out;
}

}  // namespace cairn::people
