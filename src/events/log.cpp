#include "events/log.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <unordered_map>

#include "base/check.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "events/fingerprints.h"
#include "events/kinds.h"
#include "events/names.h"

namespace cairn::events {
namespace {

constexpr int64_t kSweepRows = 20'000;   // rows of one short read
constexpr int64_t kRemoveRows = 20'000;  // rows of one transaction of an undo
// An erased row keeps the fingerprint of its key in the key's place, behind a byte that no key holds.
constexpr char kErasedKey = '\x01';
constexpr int64_t kNeighbours = 256;  // candidates nearer than this are fetched in one range

Error no_room_for_kinds() {
  return {Code::invalid,
          fmt::format("the shop has {} kinds of events, and room for no more; name it by what kind of "
                      "thing happened, and put what differs into its properties",
                      kKindsMax),
          "event"};
}

constexpr db::BulkColumn kColumns[] = {
    {"seq", db::ColumnType::int64},       {"shard", db::ColumnType::int16},       {"customer", db::ColumnType::int64},
    {"kind", db::ColumnType::int32},      {"occurred_at", db::ColumnType::int64}, {"known_at", db::ColumnType::int64},
    {"source", db::ColumnType::int32},    {"source_key", db::ColumnType::text},   {"identifiers", db::ColumnType::text},
    {"cause_seq", db::ColumnType::int64}, {"depth", db::ColumnType::int16},       {"flags", db::ColumnType::int32},
    {"properties", db::ColumnType::text}};
constexpr db::BulkTable kTable{"events", kColumns};

std::string name_of(const Names& names, int64_t id) {
  auto known = names.find(id);
  return known ? known->name : std::string();
}

LogRow read_row(const db::Row& row) {
  LogRow out;
  out.seq = {row.integer(0)};
  out.shard = static_cast<int>(row.integer(1));
  out.customer = {row.integer(2)};
  out.kind = {row.integer(3)};
  out.occurred_at = row.time(4);
  out.known_at = row.time(5);
  out.source = {row.integer(6)};
  out.source_key = row.text(7);
  out.identifiers = row.text(8);
  out.cause = {row.integer(9)};
  out.depth = static_cast<int>(row.integer(10));
  out.flags = static_cast<uint32_t>(row.integer(11));
  out.properties = row.text(12);
  return out;
}

class StoredLog final : public Log {
 public:
  StoredLog(World& world, db::Store& store, size_t fingerprints_in_memory)
      : world_(world), store_(store), fingerprints_in_memory_(fingerprints_in_memory) {}

  Result<void> load(const std::string& directory);
  Result<std::vector<Outcome>> append(db::Transaction& tx, Identify& identify, std::span<const NewEvent> events,
                                      const AppendOptions& options) override;
  Result<SourceId> ensure_source(std::string_view name, int precedence) override;
  std::string kind_name(KindId kind) const override { return name_of(kinds_, kind.value); }
  std::string source_name(SourceId source) const override { return name_of(sources_, source.value); }
  std::string erased_key(SourceId source, std::string_view key) const override {
    return fmt::format("{}{:016x}", kErasedKey, fingerprint_of_row(source, key));
  }
  int source_precedence(SourceId source) const override {
    auto known = sources_.find(source.value);
    return known ? known->precedence : 0;
  }
  Result<Seq> sweep(Seq after, const std::function<bool(const LogRow&)>& visit) override;
  Seq last() const override { return {committed_.load(std::memory_order_acquire)}; }
  void on_growth(std::function<void()> growth) override {
    std::lock_guard lock(growth_mutex_);
    growth_ = std::move(growth);
  }
  Result<void> verify(const std::function<void(std::string)>& finding) override;
  Result<int64_t> remove_run(RunId run) override;

 private:
  struct Batch;
  Result<void> load_names();
  Result<void> load_key();
  Result<void> add_missing_fingerprints();
  uint64_t fingerprint(SourceId source, std::string_view key) const;
  uint64_t fingerprint_of_row(SourceId source, std::string_view key) const;
  Result<void> find_copies(db::Transaction& tx, Batch& batch);
  void find_copies_within(Batch& batch) const;
  Result<void> compare_with_rows(db::Transaction& tx, Batch& batch);
  Result<void> place(db::Transaction& tx, Identify& identify, Batch& batch);
  void refuse_kinds_beyond_the_end(Batch& batch) const;
  Result<KindId> ensure_kind(db::Transaction& tx, std::string_view name);
  Result<void> pour(db::Transaction& tx, const Batch& batch);
  Result<void> note_range(db::Transaction& tx, RunId run, int64_t first);
  void check_row(const LogRow& row, Seq before, const std::function<void(std::string)>& finding) const;
  Result<void> check_keys(std::vector<Fingerprint> keys, const std::function<void(std::string)>& finding);
  Result<int64_t> remove_between(int64_t low, int64_t high);

  World& world_;
  db::Store& store_;
  const size_t fingerprints_in_memory_;
  SipKey key_{};
  Names kinds_;
  Names sources_;
  std::unique_ptr<Fingerprints> fingerprints_;
  int64_t next_seq_ = 1;  // the writer's thread only
  std::atomic<int64_t> committed_{0};
  std::mutex growth_mutex_;
  std::function<void()> growth_;  // guarded by growth_mutex_
};

/// One call of append on its way: what is known of each event so far.
struct StoredLog::Batch {
  std::span<const NewEvent> events;
  const AppendOptions& options;
  Time now;
  std::vector<Outcome> outcomes;
  std::vector<uint64_t> prints;  // 0 when there is no key
  struct Candidate {
    int64_t seq;
    uint32_t event;
  };
  std::vector<Candidate> candidates;
  std::vector<uint32_t> first_copies;  // event → index of the first event of this batch with its key, or itself
  std::vector<KindId> kinds;
  std::vector<Told> told = {};  // behind the events
  std::vector<KindId> told_kinds = {};
  KindId kind = {};  // of the last event placed
  const std::string* kind_name = nullptr;
};

uint64_t StoredLog::fingerprint(SourceId source, std::string_view key) const {
  SipKey keyed{key_[0] ^ static_cast<uint64_t>(source.value), key_[1]};
  uint64_t value = siphash(keyed, key);
  return value ? value : 1;
}

uint64_t StoredLog::fingerprint_of_row(SourceId source, std::string_view key) const {
  if (key[0] != kErasedKey) return fingerprint(source, key);
  return std::strtoull(std::string(key.substr(1)).c_str(), nullptr, 16);
}

Result<void> StoredLog::load_key() {
  auto text = std::make_shared<std::string>();
  TRY(store_.write_now(db::Lane::people, [&, text](db::Transaction& tx) -> Result<void> {
    auto found = TRY(
        tx.first("events.setting", {{"name", "log.key"}}, [](const db::Row& row) { return std::string(row.text(0)); }));
    if (found) {
      *text = *found;
      return {};
    }
    *text = fmt::format("{:016x}{:016x}", world_.entropy.next64(), world_.entropy.next64());
    TRY(tx.run("events.set_setting", {{"name", "log.key"}, {"value", *text}}));
    return {};
  }));
  if (text->size() != 32) return fail(Code::corrupt, "the setting log.key is damaged; restore the last backup");
  key_ = {std::strtoull(text->substr(0, 16).c_str(), nullptr, 16),
          std::strtoull(text->substr(16).c_str(), nullptr, 16)};
  return {};
}

Result<void> StoredLog::load_names() {
  return store_.read([&](db::Session& session) -> Result<void> {
    TRY(session.each("events.kinds", {}, [&](const db::Row& row) {
      kinds_.add({row.integer(0), std::string(row.text(1)), 0});
      return true;
    }));
    TRY(session.each("events.sources", {}, [&](const db::Row& row) {
      sources_.add({row.integer(0), std::string(row.text(1)), static_cast<int>(row.integer(2))});
      return true;
    }));
    auto last = TRY(session.first("events.last_seq", {}, [](const db::Row& row) { return row.integer(0); }));
    committed_ = last.value_or(0);
    next_seq_ = committed_ + 1;
    return {};
  });
}

Result<void> StoredLog::load(const std::string& directory) {
  TRY(load_key());
  TRY(load_names());
  fingerprints_ = TRY(Fingerprints::open(world_, join_path(directory, "fingerprints"), fingerprints_in_memory_));
  if (fingerprints_->covered() > committed_) {
    // The rows are older than the files: another store, or one restored from a backup.
    log_warning("the fingerprints do not belong to this log; they are made again from it");
    fingerprints_.reset();
    TRY(world_.files.remove_all(join_path(directory, "fingerprints")));
    fingerprints_ = TRY(Fingerprints::open(world_, join_path(directory, "fingerprints"), fingerprints_in_memory_));
  }
  return add_missing_fingerprints();
}

Result<void> StoredLog::add_missing_fingerprints() {
  int64_t at = fingerprints_->covered();
  int64_t begin = at;
  for (bool more = true; more;) {
    more = false;
    TRY(store_.read([&](db::Session& session) {
      return session.each("events.keys_after", {{"after", at}, {"limit", kSweepRows}}, [&](const db::Row& row) {
        at = row.integer(0);
        more = true;
        if (!row.text(2).empty()) fingerprints_->add({fingerprint_of_row({row.integer(1)}, row.text(2)), at});
        return true;
      });
    }));
    if (more) fingerprints_->commit(at);
    if (more && (at - begin) % 5'000'000 < kSweepRows && at - begin > kSweepRows)
      log_info("fingerprints: {} of {} rows", at, committed_.load());
  }
  return {};
}

Result<std::vector<Outcome>> StoredLog::append(db::Transaction& tx, Identify& identify,
                                               std::span<const NewEvent> events, const AppendOptions& options) {
  CHECK(options.source.is_set());
  Batch batch{events,
              options,
              world_.clock.now(),
              std::vector<Outcome>(events.size()),
              std::vector<uint64_t>(events.size()),
              {},
              std::vector<uint32_t>(events.size()),
              std::vector<KindId>(events.size())};
  int64_t first = next_seq_;
  tx.on_rollback([this, first] {
    next_seq_ = first;
    fingerprints_->rewind(first);
  });
  TRY(find_copies(tx, batch));
  TRY(place(tx, identify, batch));
  if (next_seq_ > first) {
    TRY(pour(tx, batch));
    if (options.run.is_set()) TRY(note_range(tx, options.run, first));
  }
  int64_t last = next_seq_ - 1;
  tx.on_commit([this, last] {
    fingerprints_->commit(last);
    if (committed_.load(std::memory_order_relaxed) >= last) return;
    committed_.store(last, std::memory_order_release);
    std::lock_guard lock(growth_mutex_);
    if (growth_) growth_();
  });
  return std::move(batch.outcomes);
}

Result<void> StoredLog::find_copies(db::Transaction& tx, Batch& batch) {
  for (uint32_t i = 0; i < batch.events.size(); ++i) {
    const NewEvent& e = batch.events[i];
    batch.first_copies[i] = i;
    if (auto ok = batch.options.checked ? Result<void>() : check_event(e); !ok) {
      batch.outcomes[i].error = std::move(ok).error();
      continue;
    }
    batch.outcomes[i].fate = Fate::kept;
    if (!e.source_key.empty()) batch.prints[i] = fingerprint(batch.options.source, e.source_key);
  }
  fingerprints_->look_ahead(batch.prints);
  find_copies_within(batch);
  std::vector<int64_t> seqs;
  for (uint32_t i = 0; i < batch.events.size(); ++i) {
    if (!batch.prints[i] || batch.first_copies[i] != i) continue;
    seqs.clear();
    fingerprints_->find(batch.prints[i], seqs);
    for (int64_t seq : seqs) batch.candidates.push_back({seq, i});
  }
  return compare_with_rows(tx, batch);
}

void StoredLog::find_copies_within(Batch& batch) const {
  // Sorted, not hashed: a batch is small, and nothing is allocated an event.
  std::vector<std::pair<uint64_t, uint32_t>> order;
  order.reserve(batch.events.size());
  for (uint32_t i = 0; i < batch.events.size(); ++i)
    if (batch.prints[i]) order.emplace_back(batch.prints[i], i);
  std::sort(order.begin(), order.end());
  for (size_t at = 1; at < order.size(); ++at)
    for (size_t before = at; before-- > 0 && order[before].first == order[at].first;)
      if (batch.events[order[before].second].source_key == batch.events[order[at].second].source_key)
        batch.first_copies[order[at].second] = order[before].second;
}

Result<void> StoredLog::compare_with_rows(db::Transaction& tx, Batch& batch) {
  auto& list = batch.candidates;
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.seq < b.seq; });
  for (size_t begin = 0; begin < list.size();) {
    size_t end = begin + 1;
    while (end < list.size() && list[end].seq - list[end - 1].seq <= kNeighbours) ++end;
    size_t at = begin;
    TRY(tx.each("events.keys_between", {{"low", list[begin].seq}, {"high", list[end - 1].seq}},
                [&](const db::Row& row) {
                  int64_t seq = row.integer(0);
                  while (at < end && list[at].seq < seq) ++at;
                  for (; at < end && list[at].seq == seq; ++at) {
                    uint32_t i = list[at].event;
                    bool erased = !row.text(2).empty() && row.text(2)[0] == kErasedKey;
                    bool same = row.integer(1) == batch.options.source.value &&
                                (row.text(2) == batch.events[i].source_key ||
                                 (erased && fingerprint_of_row(batch.options.source, row.text(2)) == batch.prints[i]));
                    if (same) batch.outcomes[i] = {Fate::already_there, {seq}, {}, {}};
                  }
                  return true;
                }));
    begin = end;
  }
  return {};
}

Result<void> StoredLog::place(db::Transaction& tx, Identify& identify, Batch& batch) {
  const AppendOptions& options = batch.options;
  refuse_kinds_beyond_the_end(batch);
  std::vector<const NewEvent*> placed;
  placed.reserve(batch.events.size());
  for (uint32_t i = 0; i < batch.events.size(); ++i)
    if (batch.outcomes[i].fate == Fate::kept && batch.first_copies[i] == i) placed.push_back(&batch.events[i]);
  TRY(identify.begin(tx, placed));
  for (uint32_t i = 0; i < batch.events.size(); ++i) {
    Outcome& out = batch.outcomes[i];
    if (out.fate != Fate::kept) continue;
    const NewEvent& e = batch.events[i];
    if (uint32_t j = batch.first_copies[i]; j != i) {
      const Outcome& earlier = batch.outcomes[j];
      // A copy of a refused event is refused for the same reason.
      out = earlier.fate == Fate::refused ? earlier : Outcome{Fate::already_there, earlier.seq, {}, {}};
      continue;
    }
    Time known_at = e.known_at ? *e.known_at : options.historical ? e.occurred_at : batch.now;
    // A trial of the shop, or its own people at the counter, say nothing of who is one person.
    bool is_trusted = options.trusted && (e.flags & kSetApart) == 0;
    auto customer =
        identify.identify(tx, e.identifiers, {{next_seq_}, known_at, options.source, options.run, is_trusted});
    if (!customer) {
      if (customer.error().code != Code::invalid) return tl::unexpected(std::move(customer).error());
      out = {Fate::refused, {}, {}, std::move(customer).error()};
      continue;
    }
    // Most events are of the kind that the one before was.
    const bool is_same = batch.kind.is_set() && e.kind == *batch.kind_name;
    if (!is_same) batch.kind = TRY(ensure_kind(tx, e.kind));
    batch.kind_name = &e.kind;
    batch.kinds[i] = batch.kind;
    out.customer = *customer;
    out.seq = {next_seq_++};
    if (batch.prints[i]) fingerprints_->add({batch.prints[i], out.seq.value});
  }
  batch.told = TRY(identify.end(tx, {next_seq_}));
  for (const Told& told : batch.told) batch.told_kinds.push_back(TRY(ensure_kind(tx, told.event.kind)));
  return {};
}

/// Before anybody is identified: who identifies is given those that are kept, and no other.
void StoredLog::refuse_kinds_beyond_the_end(Batch& batch) const {
  const size_t known = kinds_.size();
  if (known + batch.events.size() <= kKindsMax) return;
  std::set<std::string_view> fresh;
  for (uint32_t i = 0; i < batch.events.size(); ++i) {
    const std::string& kind = batch.events[i].kind;
    if (batch.outcomes[i].fate != Fate::kept || batch.first_copies[i] != i) continue;
    if (fresh.contains(kind) || kinds_.find(kind) || declared_kinds().find(kind)) continue;
    if (known + fresh.size() < kKindsMax) fresh.insert(kind);
    else batch.outcomes[i] = {Fate::refused, {}, {}, no_room_for_kinds()};
  }
}

Result<KindId> StoredLog::ensure_kind(db::Transaction& tx, std::string_view name) {
  if (auto known = kinds_.find(name)) return KindId{known->id};
  Name added{kinds_.next_id(), std::string(name), 0};
  bool declared = declared_kinds().find(name) != nullptr;
  TRY(tx.run("events.add_kind",
             {{"id", added.id}, {"name", name}, {"declared", declared}, {"first_at", world_.clock.now()}}));
  tx.on_rollback([this, id = added.id] { kinds_.drop(id); });
  kinds_.add(added);
  return KindId{added.id};
}

Result<void> StoredLog::pour(db::Transaction& tx, const Batch& batch) {
  auto writer = TRY(tx.pour(kTable));
  std::string identifiers;
  auto put = [&](const NewEvent& e, Seq seq, CustomerId customer, KindId kind) {
    Time known_at = e.known_at ? *e.known_at : batch.options.historical ? e.occurred_at : batch.now;
    writer->integer(seq.value);
    writer->integer(shard_of(customer));
    writer->integer(customer.value);
    writer->integer(kind.value);
    writer->integer(e.occurred_at.micros);
    writer->integer(known_at.micros);
    writer->integer(batch.options.source.value);
    if (e.source_key.empty()) writer->null();
    else writer->text(e.source_key);
    identifiers.clear();
    append_identifiers(identifiers, e.identifiers);
    writer->text(identifiers);
    if (e.cause.is_set()) writer->integer(e.cause.value);
    else writer->null();
    writer->integer(e.depth);
    writer->integer(e.flags | (batch.options.historical ? kHistorical : 0u));
    writer->text(e.properties);
    return writer->end_row();
  };
  for (uint32_t i = 0; i < batch.events.size(); ++i) {
    const Outcome& out = batch.outcomes[i];
    if (out.fate == Fate::kept) TRY(put(batch.events[i], out.seq, out.customer, batch.kinds[i]));
  }
  for (size_t i = 0; i < batch.told.size(); ++i)
    TRY(put(batch.told[i].event, Seq{next_seq_++}, batch.told[i].customer, batch.told_kinds[i]));
  return writer->finish();
}

Result<void> StoredLog::note_range(db::Transaction& tx, RunId run, int64_t first) {
  int64_t last = next_seq_ - 1;
  if (TRY(tx.run("events.extend_range", {{"run", run}, {"last", last}, {"before", first - 1}})) == 0)
    TRY(tx.run("events.add_range", {{"run", run}, {"first", first}, {"last", last}}));
  return {};
}

Result<SourceId> StoredLog::ensure_source(std::string_view name, int precedence) {
  if (auto known = sources_.find(name)) return SourceId{known->id};
  auto id = std::make_shared<int64_t>(0);
  TRY(store_.write_now(db::Lane::people, [&, id](db::Transaction& tx) -> Result<void> {
    if (auto known = sources_.find(name)) {
      *id = known->id;
      return {};
    }
    Name added{sources_.next_id(), std::string(name), precedence};
    TRY(tx.run("events.add_source", {{"id", added.id}, {"name", name}, {"precedence", precedence}}));
    tx.on_rollback([this, n = added.id] { sources_.drop(n); });
    sources_.add(added);
    *id = added.id;
    return {};
  }));
  return SourceId{*id};
}

Result<Seq> StoredLog::sweep(Seq after, const std::function<bool(const LogRow&)>& visit) {
  int64_t at = after.value;
  bool go_on = true;
  for (bool more = true; more && go_on;) {
    more = false;
    TRY(store_.read([&](db::Session& session) {
      return session.each("events.rows_after", {{"after", at}, {"limit", kSweepRows}}, [&](const db::Row& row) {
        LogRow event = read_row(row);
        at = event.seq.value;
        more = true;
        go_on = visit(event);
        return go_on;
      });
    }));
  }
  return Seq{at};
}

void StoredLog::check_row(const LogRow& row, Seq before, const std::function<void(std::string)>& finding) const {
  if (row.seq <= before) finding(fmt::format("event {} comes after {}", row.seq.value, before.value));
  if (row.shard != shard_of(row.customer))
    finding(
        fmt::format("event {} is in shard {}, its customer in {}", row.seq.value, row.shard, shard_of(row.customer)));
  if (!kinds_.find(row.kind.value))
    finding(fmt::format("event {} is of kind {}, which has no name", row.seq.value, row.kind.value));
  if (!sources_.find(row.source.value))
    finding(fmt::format("event {} is from source {}, which has no name", row.seq.value, row.source.value));
}

Result<void> StoredLog::check_keys(std::vector<Fingerprint> keys, const std::function<void(std::string)>& finding) {
  // The set belongs to the writer's thread.
  auto missing = std::make_shared<std::vector<int64_t>>();
  TRY(store_.write_now(db::Lane::import, [this, missing, keys = std::move(keys)](db::Transaction&) -> Result<void> {
    std::vector<int64_t> seqs;
    missing->clear();
    for (const Fingerprint& key : keys) {
      seqs.clear();
      fingerprints_->find(key.value, seqs);
      if (std::find(seqs.begin(), seqs.end(), key.seq) == seqs.end()) missing->push_back(key.seq);
    }
    return {};
  }));
  for (int64_t seq : *missing)
    finding(fmt::format("the fingerprints do not find event {}; remove the folder fingerprints and start again", seq));
  return {};
}

Result<void> StoredLog::verify(const std::function<void(std::string)>& finding) {
  std::vector<Fingerprint> chunk;
  Seq before{0};
  for (bool more = true; more;) {
    more = false;
    TRY(sweep(before, [&](const LogRow& row) {
      check_row(row, before, finding);
      before = row.seq;
      more = true;
      if (!row.source_key.empty()) chunk.push_back({fingerprint_of_row(row.source, row.source_key), row.seq.value});
      return static_cast<int64_t>(chunk.size()) < kSweepRows;
    }));
    TRY(check_keys(std::exchange(chunk, {}), finding));
  }
  return {};
}

Result<int64_t> StoredLog::remove_between(int64_t low, int64_t high) {
  auto count = std::make_shared<int64_t>(0);
  TRY(store_.write_now(db::Lane::import, [=](db::Transaction& tx) -> Result<void> {
    *count = TRY(tx.run("events.remove_between", {{"low", low}, {"high", high}}));
    return {};
  }));
  return *count;
}

Result<int64_t> StoredLog::remove_run(RunId run) {
  TRY(store_.write_now(db::Lane::import, [=](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("events.mark_run", {{"run", run}, {"state", "undoing"}}));
    return {};
  }));
  struct Range {
    int64_t first, last;
  };
  std::vector<Range> ranges;
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    ranges = TRY(session.all("events.ranges_of_run", {{"run", run}},
                             [](const db::Row& row) { return Range{row.integer(0), row.integer(1)}; }));
    return {};
  }));
  // The fingerprints stay in their files, pointing at rows that are gone: compare_with_rows finds no row, so
  // they no longer refuse anything. No seq is given twice, so they never point at another row.
  int64_t removed = 0;
  for (const Range& range : ranges)
    for (int64_t low = range.first; low <= range.last; low += kRemoveRows)
      removed += TRY(remove_between(low, std::min(range.last, low + kRemoveRows - 1)));
  return removed;
}

}  // namespace

Result<void> visit_rows(db::Session& session, std::span<const Seq> seqs,
                        const std::function<void(const LogRow&)>& visit) {
  constexpr size_t kAtOnce = 1000;
  std::vector<Seq> sorted(seqs.begin(), seqs.end());
  std::sort(sorted.begin(), sorted.end());
  for (size_t begin = 0; begin < sorted.size(); begin += kAtOnce) {
    std::string list = "[";
    for (size_t i = begin; i < std::min(begin + kAtOnce, sorted.size()); ++i)
      list += (list.size() > 1 ? "," : "") + std::to_string(sorted[i].value);
    TRY(session.each("events.rows_at", {{"list", list + "]"}}, [&](const db::Row& row) {
      visit(read_row(row));
      return true;
    }));
  }
  return {};
}

Result<std::unique_ptr<Log>> Log::open(World& world, db::Store& store, const std::string& directory,
                                       size_t fingerprints_in_memory) {
  auto log = std::make_unique<StoredLog>(world, store, fingerprints_in_memory);
  TRY(log->load(directory));
  return log;
}

}  // namespace cairn::events
