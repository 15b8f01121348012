// Of the model, what erasures leave.
#include <algorithm>

#include "sim/model.h"

namespace cairn::sim {

void Model::leaves(const Guest& guest) {
  for (int& number : guests_)
    if (number == guest.number) number += kGuests;
}

void Model::import_runs(int import) {
  for (Marker marker : imports_[static_cast<size_t>(import)].rows) event(marker).must_go = false;
}

void Model::erasure_acknowledged(const Guest& guest, int64_t request, const std::vector<CustomerId>& ids,
                                 int64_t last) {
  erasures_.acknowledged(request, ids, last);
  asked_for_.insert(guest.number);
  for (Event& sent : events_) {
    if (sent.guest.number != guest.number) continue;
    if (!sent.is_bad) continue;
    int import = facts_[sent.fact].import;
    sent.must_go |=
        import < 0 ? sent.acknowledged > 0 : imports_[static_cast<size_t>(import)].state == Import::must_be_there;
  }
}

/// By what is left of its key: nothing else tells which one it was.
Model::Marker Model::marker_of_erased(const StoredRow& row) const {
  for (const Fact& fact : facts_) {
    const Event& sent = events_[static_cast<size_t>(fact.first)];
    if (sent.guest.number < 0 || fact.stored || fact.source != row.source) continue;
    if (erased_key_(row.source_id, fact.key) == row.key) return fact.first;
  }
  return -1;
}

void Model::check_erased(const StoredRow& row, Marker marker) {
  Marks marks;
  find_marks(row.key + " " + row.identifiers + " " + row.properties, marks);
  if (!row.identifiers.empty() || !marks.events.empty() || !marks.guests.empty())
    find(fmt::format("11: the erased row {} tells of somebody: {} {}", row.seq, row.identifiers, row.properties));
  if (marker < 0) return;
  const Event& sent = event(marker);
  const Fact& fact = facts_[sent.fact];
  if (row.key != erased_key_(row.source_id, fact.key))
    find(fmt::format("11: the erased row {} would not know {} again", row.seq, fact.key));
  bool counts = row.kind == "Order Completed";
  if (counts && row.properties.find(sent.guest.total) == row.properties.npos)
    find(fmt::format("11: the erased row {} lost its {}: {}", row.seq, sent.guest.total, row.properties));
}

/// Whether the row can be one of somebody else than who was erased, which had an identifier of theirs: it is the same
/// person's and tells of the same event, and an erasure was asked for.
bool Model::may_be_cut(const StoredRow& row, const Seen& seen, const Seen& now) const {
  bool is_same = now.customer == seen.customer && now.lasting == seen.lasting && now.is_erased == seen.is_erased;
  Marks marks;
  find_marks(row.properties, marks);
  bool is_of_event =
      seen.marker < 0 || marks.events.contains(facts_[events_[static_cast<size_t>(seen.marker)].fact].key);
  return erasures_.any() && !seen.is_erased && is_same && is_of_event;
}

/// Nothing but an erasure changes a row.
void Model::check_changed(const StoredRow& row, Seen& seen) {
  Seen now = seen_as(row, seen.marker);
  bool is_asked = erasures_.is_hidden(seen.customer) && !seen.is_erased;
  if (may_be_cut(row, seen, now)) {
    seen = now;
    return;
  }
  if (!is_asked || !now.is_erased || now.lasting != seen.lasting)
    return find(
        fmt::format("5: row {} of {} has changed: {} {}", row.seq, row.customer, row.identifiers, row.properties));
  check_erased(row, seen.marker);
  seen = now;
}

bool Model::is_without_a_person(const StoredRow& row) const {
  return (row.flags & events::kErased) != 0 || erasures_.is_hidden(row.customer);
}

/// By the ids that were theirs nobody is found.
void Model::check_hidden(const Snapshot& snapshot) {
  auto hidden = [&](int64_t customer) { return erasures_.is_hidden(customer); };
  for (const StoredIdentifier& id : snapshot.identifiers)
    if (hidden(id.customer)) find(fmt::format("11: {} is of {}, who is erased", id.name, id.customer));
  for (const auto& [customer, place] : snapshot.customers)
    if (hidden(customer)) find(fmt::format("11: customer {} is erased and there", customer));
  for (const StoredMerge& merge : snapshot.merges)
    if (hidden(merge.a) || hidden(merge.b) || hidden(merge.into))
      find(fmt::format("11: merge {} is of somebody erased", merge.seq));
  for (int64_t customer : snapshot.in_conflict)
    if (hidden(customer)) find(fmt::format("11: {} is erased and in conflict with somebody", customer));
  for (const StoredRow& row : snapshot.rows)
    if (erasures_.is_done(row.customer))
      find(fmt::format("11: row {} ({}, flags {}, of {}) is of {}, whose erasure is done", row.seq, row.kind, row.flags,
                       row.source, row.customer));
}

/// Nothing that tells of it may be on the disk. One that is sent again behind the erasure is known for a copy.
bool Model::is_out(Marker marker) const {
  const Event& sent = events_[static_cast<size_t>(marker)];
  if (sent.is_bad) return sent.must_go;
  auto seen = seen_.find(facts_[sent.fact].stored);
  return seen != seen_.end() && seen->second.is_erased;
}

void Model::check_marks(const std::map<std::string, Marks>& found) {
  std::map<std::string, Marker> out;
  std::set<int> gone = asked_for_;
  for (size_t i = 0; i < events_.size(); ++i) {
    const Event& sent = events_[i];
    auto marker = static_cast<Marker>(i);
    if (sent.guest.number < 0) continue;
    if (is_out(marker)) out[facts_[sent.fact].key] = marker;
    else if (sent.sent > 0) gone.erase(sent.guest.number);  // they were there behind the erasure, or may have been
  }
  for (const auto& [path, marks] : found) {
    for (const auto& [key, around] : marks.events)
      if (auto it = out.find(key); it != out.end())
        find(fmt::format("11: {} of guest {} was erased and is in {}: {}", key, event(it->second).guest.number, path,
                         around));
    for (const auto& [number, around] : marks.guests)
      if (gone.contains(number)) find(fmt::format("11: guest {} was erased and is in {}: {}", number, path, around));
  }
}

}  // namespace cairn::sim
