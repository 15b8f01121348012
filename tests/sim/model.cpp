#include "sim/model.h"

#include <charconv>

#include "base/hash.h"
#include "base/text.h"
#include "sim/people.h"

namespace cairn::sim {
namespace {

/// `{"n":17,…}` → 17; -1 when there is none.
Model::Marker marker_of(std::string_view properties) {
  constexpr std::string_view kBefore = "\"n\":";
  size_t at = properties.find(kBefore);
  Model::Marker out = -1;
  if (at == properties.npos) return out;
  const char* begin = properties.data() + at + kBefore.size();
  std::from_chars(begin, properties.data() + properties.size(), out);
  return out;
}

uint64_t hash_of(const StoredRow& row) {
  uint64_t numbers = mix(static_cast<uint64_t>(row.customer)) ^ mix(static_cast<uint64_t>(row.occurred_at.micros) + 1) ^
                     mix(static_cast<uint64_t>(row.known_at.micros) + 2) ^ mix(static_cast<uint64_t>(row.flags) + 3);
  return numbers ^ hash64(row.key) ^ hash64(row.identifiers, 1) ^ hash64(row.properties, 2);
}

/// What an erasure leaves.
uint64_t lasting_of(const StoredRow& row) {
  return mix(static_cast<uint64_t>(row.occurred_at.micros) + 1) ^ mix(static_cast<uint64_t>(row.known_at.micros) + 2) ^
         mix(static_cast<uint64_t>(row.flags | events::kErased) + 3) ^ hash64(row.kind, 1) ^ hash64(row.source, 2);
}

bool is_erased(const StoredRow& row) { return (row.flags & events::kErased) != 0; }

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  for (std::string_view line : split(text, '\n'))
    if (!line.empty()) out.emplace_back(line);
  return out;
}

/// What Cairn tells of its own accord: nobody sent it.
bool is_told(const StoredRow& row) { return row.kind == "Customers Merged" || row.kind == "Customers Unmerged"; }

}  // namespace

Model::Model() {
  for (int i = 0; i < kGuests; ++i) guests_.push_back(i);
}

Model::Marker Model::add_event(const std::string& source, const std::string& key, bool is_bad, const OfGuest& guest) {
  size_t fact = facts_.size();
  auto known = key.empty() ? by_key_.end() : by_key_.find({source, key});
  if (known != by_key_.end()) {
    fact = known->second;
  } else {
    facts_.push_back({source, key});
    facts_.back().first = static_cast<Marker>(events_.size());
    if (!key.empty()) by_key_[{source, key}] = fact;
  }
  events_.push_back({fact, is_bad});
  events_.back().guest = guest;
  return static_cast<Marker>(events_.size()) - 1;
}

int Model::add_import(const std::string& path) {
  imports_.push_back({path, Import::may_be_there, {}});
  return static_cast<int>(imports_.size()) - 1;
}

Model::Marker Model::add_row(int import, const std::string& source, const std::string& key, bool is_bad,
                             const OfGuest& guest) {
  Marker marker = add_event(source, key, is_bad, guest);
  sent(marker);
  facts_[event(marker).fact].import = import;
  imports_[static_cast<size_t>(import)].rows.push_back(marker);
  return marker;
}

void Model::set_import(int import, Import state) {
  ImportState& known = imports_[static_cast<size_t>(import)];
  any_undo_ |= state == Import::may_be_gone;
  known.state = state;
  if (state != Import::must_be_gone) return;
  // Forgotten at once: the same rows may be imported again before the next look. Those that are left after all have
  // then come among older ones.
  for (Marker marker : known.rows) {
    Event& row = event(marker);
    Fact& fact = facts_[row.fact];
    seen_.erase(fact.stored);
    row.stored = 0;
    fact.stored = 0;
  }
}

void Model::acknowledged(Marker marker) {
  Event& sent = event(marker);
  Fact& fact = facts_[sent.fact];
  ++sent.acknowledged;
  acknowledged_ += !fact.is_acknowledged;
  fact.is_acknowledged = true;
  if (!sent.is_bad) lately_.push_back(marker);
}

void Model::check_row(const StoredRow& row, Marker marker) {
  if (marker < 0 || static_cast<size_t>(marker) >= events_.size())
    return find(fmt::format("3: row {} is of an event that nobody sent: {}", row.seq, row.properties));
  Event& sent = event(marker);
  Fact& fact = facts_[sent.fact];
  if (sent.is_bad && !any_replay_) find(fmt::format("3: the bad event {} is in the log, row {}", marker, row.seq));
  if (fact.source != row.source || (fact.key != row.key && !sent.is_bad && !is_erased(row)))
    find(fmt::format("3: row {} has the key {} {}, it was sent as {} {}", row.seq, row.source, row.key, fact.source,
                     fact.key));
  if (fact.stored && !fact.key.empty())
    find(fmt::format("2: {} {} is in the log twice, rows {} and {}", fact.source, fact.key, fact.stored, row.seq));
  if (++sent.stored > sent.sent)
    find(fmt::format("2: event {} is in the log {} times, it was sent {} times", marker, sent.stored, sent.sent));
  bool is_past = row.flags & events::kHistorical;
  if (is_past != (fact.import >= 0) || (is_past && row.known_at != row.occurred_at))
    find(fmt::format("7: row {} has flags {}", row.seq, row.flags));
  if (row.shard != shard_of(CustomerId{row.customer})) find(fmt::format("6: row {} is in a wrong shard", row.seq));
  if (row.kind.empty() || row.source.empty()) find(fmt::format("6: row {} has no kind or source", row.seq));
  fact.stored = row.seq;
}

Model::Seen Model::seen_as(const StoredRow& row, Marker marker) {
  return {marker, hash_of(row), lasting_of(row), row.customer, is_erased(row)};
}

void Model::see_row(const StoredRow& row) {
  if (!any_undo_ && row.seq != last_seen_ + 1)
    find(fmt::format("4: between rows {} and {} is a gap", last_seen_, row.seq));
  Marker marker = is_told(row) ? -1 : is_erased(row) ? marker_of_erased(row) : marker_of(row.properties);
  if (!is_told(row)) check_row(row, marker);
  if (is_erased(row)) check_erased(row, marker);
  if (erasures_.is_gone(row.customer, row.seq))
    find(fmt::format("11: row {} came behind the erasure of {}", row.seq, row.customer));
  seen_[row.seq] = seen_as(row, marker);
  last_seen_ = std::max(last_seen_, row.seq);
  ++rows_seen_;
}

void Model::see(const events::LogRow& row, std::string_view source, std::string_view kind) {
  if (row.seq.value <= last_seen_) find(fmt::format("4: seq {} is read after {}", row.seq.value, last_seen_));
  StoredRow stored;
  stored.seq = row.seq.value;
  stored.shard = row.shard;
  stored.customer = row.customer.value;
  stored.occurred_at = row.occurred_at;
  stored.known_at = row.known_at;
  stored.source = source;
  stored.source_id = row.source.value;
  stored.kind = kind;
  stored.key = row.source_key;
  stored.identifiers = row.identifiers;
  stored.flags = row.flags;
  stored.properties = row.properties;
  see_row(stored);
}

void Model::check_lately() {
  for (Marker marker : lately_) check_acknowledged(marker);
  lately_.clear();
}

/// Of a fact that came several times any marker may stand in the log; what has no key is there each time.
void Model::check_acknowledged(Marker marker) {
  const Event& sent = event(marker);
  const Fact& fact = facts_[sent.fact];
  bool is_there = fact.key.empty() ? sent.stored >= sent.acknowledged : fact.stored != 0;
  if (!is_there)
    find(fmt::format("1: event {} ({} {}) was acknowledged and is not there", marker, fact.source, fact.key));
}

/// A row that went by an undo: its fact may come again.
void Model::forget(int64_t seq, const Seen& seen) {
  if (seen.marker < 0) return;
  Event& sent = event(seen.marker);
  Fact& fact = facts_[sent.fact];
  if (fact.import < 0 || imports_[static_cast<size_t>(fact.import)].state != Import::may_be_gone)
    find(fmt::format("5: row {} (event {}, {} {}) was there and is lost", seq, seen.marker, fact.source, fact.key));
  --sent.stored;
  fact.stored = 0;
}

void Model::check_seen(const Snapshot& snapshot) {
  auto row = snapshot.rows.begin();
  for (auto seen = seen_.begin(); seen != seen_.end();) {
    for (; row != snapshot.rows.end() && row->seq < seen->first; ++row)
      find(fmt::format("4: row {} has come among older ones", row->seq));
    if (row == snapshot.rows.end() || row->seq != seen->first) {
      forget(seen->first, seen->second);
      seen = seen_.erase(seen);
      continue;
    }
    if (hash_of(*row) != seen->second.hash) check_changed(*row, seen->second);
    ++row, ++seen;
  }
  int64_t highest = last_seen_;
  for (; row != snapshot.rows.end(); ++row) {
    if (row->seq <= highest) find(fmt::format("4: seq {} is given again, {} was seen", row->seq, highest));
    see_row(*row);
  }
}

void Model::check_facts() {
  for (size_t i = 0; i < events_.size(); ++i)
    if (events_[i].acknowledged > 0 && !events_[i].is_bad) check_acknowledged(static_cast<Marker>(i));
  lately_.clear();
}

void Model::check_refused(const Snapshot& snapshot) {
  std::map<Marker, int> waiting;
  int64_t replayed = 0, stored = 0;
  for (const StoredCall& call : snapshot.refused) {
    replayed += call.state == "replayed";
    if (call.state != "waiting") continue;
    Marker marker = marker_of(call.body);
    if (marker < 0 || !event(marker).is_bad) find("9: in the refused list is a good call, or nobody's: " + call.body);
    else if (++waiting[marker] > 1) find(fmt::format("9: the bad event {} waits twice in the refused list", marker));
  }
  for (size_t i = 0; i < events_.size(); ++i) {
    const Event& sent = events_[i];
    auto marker = static_cast<Marker>(i);
    if (!sent.is_bad || facts_[sent.fact].import >= 0) continue;
    stored += sent.stored;
    bool waits = waiting.contains(marker);
    if (sent.stored > 1 || (sent.stored == 1 && waits))
      find(fmt::format("9: the bad event {} is in the log {} times, waiting {}", marker, sent.stored, waits));
    if (sent.acknowledged > 0 && sent.stored == 0 && !waits && !any_drop_ && !may_be_forgotten(sent))
      find(fmt::format("9: the bad event {} was acknowledged and is nowhere", marker));
  }
  if (stored != replayed) find(fmt::format("9: {} calls were replayed, {} rows are theirs", replayed, stored));
}

void Model::check_requests() {
  for (const std::vector<Marker>& request : requests_) {
    size_t stored = 0;
    for (Marker marker : request) stored += facts_[event(marker).fact].stored != 0;
    if (stored != 0 && stored != request.size())
      find(fmt::format("8: of the {} events from {} on {} are there", request.size(), request.front(), stored));
  }
}

void Model::check_imports() {
  for (const ImportState& import : imports_) {
    if (import.state == Import::may_be_there || import.state == Import::may_be_gone) continue;
    bool wanted = import.state == Import::must_be_there;
    for (Marker marker : import.rows) {
      const Event& sent = event(marker);
      if ((facts_[sent.fact].stored != 0) == (wanted && !sent.is_bad)) continue;
      find(fmt::format("7: row {} of {} {}", marker, import.path, wanted ? "is missing" : "is left after the undo"));
    }
  }
}

void Model::check_people(const Snapshot& snapshot) {
  std::map<std::string, const StoredIdentifier*> known;
  for (const StoredIdentifier& id : snapshot.identifiers) {
    known[id.name] = &id;
    if (!snapshot.customers.contains(id.customer))
      find(fmt::format("6: {} belongs to nobody ({})", id.name, id.customer));
  }
  std::set<std::string> named;
  std::set<int64_t> owners;
  for (const StoredRow& row : snapshot.rows) {
    if (is_without_a_person(row)) continue;
    owners.insert(row.customer);
    if (!snapshot.customers.contains(row.customer)) find(fmt::format("6: row {} has no customer", row.seq));
    bool is_theirs = is_told(row);
    for (std::string& id : lines_of(row.identifiers)) {
      // One that gave way is nobody's, or another's.
      auto found = known.find(id);
      is_theirs |= found != known.end() && found->second->customer == row.customer;
      named.insert(std::move(id));
    }
    if (!is_theirs) find(fmt::format("6: no identifier of row {} is its customer's", row.seq));
  }
  check_undone(snapshot, named, owners);
  check_hidden(snapshot);
  if (any_undo_ || erasures_.any()) return;
  for (std::string& finding : check_identities(snapshot)) find(std::move(finding));
}

/// Nobody is left without an event, but while an undo is on its way.
void Model::check_undone(const Snapshot& snapshot, const std::set<std::string>& named,
                         const std::set<int64_t>& owners) {
  for (const StoredRun& run : snapshot.runs)
    if (run.state == "undoing") return;
  for (const auto& [customer, place] : snapshot.customers)
    if (!owners.contains(customer))
      find(fmt::format("6: customer {} (import {}) has no event", customer, place.second));
  for (const StoredIdentifier& id : snapshot.identifiers)
    if (!named.contains(id.name)) find(fmt::format("6: {} (import {}) is named by no event", id.name, id.run));
}

void Model::check_all(const Snapshot& snapshot) {
  for (std::string& finding : erasures_.take(snapshot.requests)) find(std::move(finding));
  if (snapshot.integrity != "ok") find("the database is damaged: " + snapshot.integrity);
  check_seen(snapshot);
  check_facts();
  check_refused(snapshot);
  check_requests();
  check_imports();
  check_people(snapshot);
}

}  // namespace cairn::sim
