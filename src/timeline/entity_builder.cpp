#include "timeline/entity_builder.h"

#include <algorithm>
#include <unordered_map>

#include "timeline/telling.h"

namespace cairn::timeline {

using query::FeedRole;

struct EntityBuilder::State {
  State(const Schema& schema, size_t index, const StreamOf& stream_of)
      : reader(schema.rules().entities[index]), entity(reader.entity()) {
    for (auto kind : reader.feeds()) streams.push_back(kind ? stream_of(*kind) : nullptr);
    for (const query::Property& property : reader.properties()) columns.emplace_back(property);
  }

  const FieldReader& reader;
  const query::Entity& entity;
  std::vector<const Stream*> streams;  ///< By feed.

  // Of what is built.
  std::vector<uint32_t> offsets = {0};
  std::vector<int64_t> at, seq, begins_at, changed_at, known_by;
  std::vector<ColumnBuilder> columns;

  // Of the customer that is folded.
  struct Thing {
    TellingRows rows;
    int64_t at = 0, seq = 0, begins_at = 0;
    bool linked = false;
  };
  std::vector<TellingRow> rows;
  std::vector<Thing> things;
  size_t used = 0;
  std::unordered_map<std::string_view, size_t> by_key;

  void gather(uint32_t customer, const std::optional<AsOf>& as_of);
  void tell(const TellingRow& row);
  void add(const Thing& thing);
};

EntityBuilder::EntityBuilder(const Schema& schema, size_t entity, const StreamOf& streams)
    : state_(std::make_unique<State>(schema, entity, streams)) {}
EntityBuilder::~EntityBuilder() = default;

bool EntityBuilder::reads_any() const {
  return std::any_of(state_->streams.begin(), state_->streams.end(), [](const Stream* s) { return s != nullptr; });
}

void EntityBuilder::copy(const EntityStream* from, uint32_t first, uint32_t last) {
  State& s = *state_;
  if (!from) {
    s.offsets.insert(s.offsets.end(), last - first, s.offsets.back());
    return;
  }
  const Stream& rows = from->rows();
  uint32_t begin = rows.offsets().begin(first), end = rows.offsets().end(last - 1), base = s.offsets.back() - begin;
  for (uint32_t c = first; c < last; ++c) s.offsets.push_back(base + rows.offsets().end(c));
  auto take = [&](const Integers& numbers, std::vector<int64_t>& out) {
    out.resize(out.size() + (end - begin));
    numbers.read(begin, end - begin, out.data() + out.size() - (end - begin));
  };
  take(rows.occurred_at(), s.at);
  take(rows.seq(), s.seq);
  take(from->begins_at(), s.begins_at);
  take(from->changed_at(), s.changed_at);
  take(from->known_by(), s.known_by);
  for (size_t i = 0; i < s.columns.size(); ++i) {
    if (const Column* column = rows.column(i)) s.columns[i].append(*column, begin, end - begin);
    else s.columns[i].add_unknown(end - begin);
  }
}

void EntityBuilder::State::gather(uint32_t customer, const std::optional<AsOf>& as_of) {
  rows.clear();
  for (uint32_t feed = 0; feed < streams.size(); ++feed) {
    const Stream* stream = streams[feed];
    if (!stream) continue;
    for (uint32_t row = stream->offsets().begin(customer), end = stream->offsets().end(customer); row < end; ++row) {
      TellingRow telling{stream->occurred_at()[row], stream->known_at(row), stream->seq()[row]};
      telling.precedence = stream->precedence()[row];
      telling.source = stream->source()[row];
      telling.stream = stream;
      telling.row = row;
      telling.feed = feed;
      bool hidden = as_of && (telling.at > as_of->t.micros || (as_of->as_known && telling.known_at > as_of->t.micros));
      if (!hidden) rows.push_back(telling);
    }
  }
  std::sort(rows.begin(), rows.end(),
            [](const TellingRow& a, const TellingRow& b) { return std::pair(a.at, a.seq) < std::pair(b.at, b.seq); });
}

void EntityBuilder::State::tell(const TellingRow& row) {
  FeedRole role = entity.feeds[row.feed].role;
  std::string_view key = reader.key(row);
  bool own = key.empty() && entity.without_key && role == FeedRole::creates;
  if (key.empty() && !own) return;
  if (!own) {
    auto known = by_key.find(key);
    if (known != by_key.end()) {
      things[known->second].rows.push_back(&row);
      things[known->second].linked |= role == FeedRole::links;
      return;
    }
    if (role == FeedRole::links) return;
    by_key.emplace(key, used);
  }
  if (used == things.size()) things.emplace_back();
  Thing& thing = things[used++];
  thing.rows.assign(1, &row);
  thing.seq = row.seq;
  thing.begins_at = row.at;
  thing.linked = false;
}

void EntityBuilder::State::add(const Thing& thing) {
  at.push_back(thing.at);
  seq.push_back(thing.seq);
  begins_at.push_back(thing.begins_at);
  changed_at.push_back(thing.rows.back()->at);
  int64_t known = thing.rows.front()->known_at;
  for (const TellingRow* row : thing.rows) known = std::max(known, row->known_at);
  known_by.push_back(known);
  for (size_t i = 0; i < columns.size(); ++i) reader.add(i, thing.rows, columns[i]);
}

void EntityBuilder::fold(uint32_t customer, std::optional<AsOf> as_of) {
  State& s = *state_;
  s.gather(customer, as_of);
  s.used = 0;
  // Emptying a table costs its size: that of one customer with very many must not be paid for all.
  if (s.by_key.bucket_count() > 1024) s.by_key = {};
  else if (!s.by_key.empty()) s.by_key.clear();
  auto is_link = [&](const TellingRow& row) { return s.entity.feeds[row.feed].role == FeedRole::links; };
  for (const TellingRow& row : s.rows)
    if (!is_link(row)) s.tell(row);
  for (const TellingRow& row : s.rows)
    if (is_link(row)) s.tell(row);
  std::vector<State::Thing*> sorted;
  for (size_t i = 0; i < s.used; ++i) {
    State::Thing& thing = s.things[i];
    if (thing.linked)
      std::sort(thing.rows.begin(), thing.rows.end(), [](const TellingRow* a, const TellingRow* b) {
        return std::pair(a->at, a->seq) < std::pair(b->at, b->seq);
      });
    thing.at = s.reader.created(thing.rows);
    sorted.push_back(&thing);
  }
  std::sort(sorted.begin(), sorted.end(), [](const State::Thing* a, const State::Thing* b) {
    return std::pair(a->at, a->seq) < std::pair(b->at, b->seq);
  });
  for (State::Thing* thing : sorted) s.add(*thing);
  s.offsets.push_back(static_cast<uint32_t>(s.at.size()));
}

std::shared_ptr<const EntityStream> EntityBuilder::finish() {
  State& s = *state_;
  if (s.at.empty()) return nullptr;
  auto out = std::make_shared<EntityStream>();
  out->rows_.offsets_ = Offsets::pack(s.offsets);
  out->rows_.occurred_at_ = Integers::pack(s.at);
  out->rows_.seq_ = Integers::pack(s.seq);
  out->begins_at_ = Integers::pack(s.begins_at);
  out->changed_at_ = Integers::pack(s.changed_at);
  out->known_by_ = Integers::pack(s.known_by);
  for (ColumnBuilder& column : s.columns) out->rows_.columns_.push_back(column.finish());
  return out;
}

}  // namespace cairn::timeline
