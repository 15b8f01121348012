#include "timeline/entity_builder.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "timeline/telling.h"

namespace cairn::timeline {

using query::FeedRole;

struct EntityBuilder::State {
  State(const Schema& schema, size_t index, const StreamOf& stream_of)
      : reader(schema.rules().entities[index]), entity(reader.entity()) {
    for (auto kind : reader.feeds()) streams.push_back(kind ? stream_of(*kind) : nullptr);
  }

  const FieldReader& reader;
  const query::Entity& entity;
  std::vector<const Stream*> streams;  ///< By feed.

  // Of what is built: rows of what is folded here, which is source 0, and of the streams that are copied from.
  std::vector<uint32_t> offsets = {0};
  Selection selection;
  std::vector<const EntityStream*> copied;

  // Of what is folded.
  std::vector<int64_t> at, seq, begins_at, changed_at, known_by;
  std::vector<ColumnBuilder> columns;  ///< Empty before the first fold.

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
  size_t source = 0;
  while (source < s.copied.size() && s.copied[source] != from) ++source;
  if (source == s.copied.size()) s.copied.push_back(from);
  const Offsets& offsets = from->rows().offsets();
  uint32_t begin = offsets.begin(first), end = offsets.end(last - 1), base = s.offsets.back() - begin;
  for (uint32_t c = first; c < last; ++c) s.offsets.push_back(base + offsets.end(c));
  s.selection.add(static_cast<uint32_t>(source + 1), begin, end - begin);
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
  if (s.used && s.columns.empty())
    for (const query::Property& property : s.reader.properties()) s.columns.emplace_back(property);
  auto before = static_cast<uint32_t>(s.at.size());
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
  auto folded = static_cast<uint32_t>(s.at.size()) - before;
  s.selection.add(0, before, folded);
  s.offsets.push_back(s.offsets.back() + folded);
}

std::shared_ptr<const EntityStream> EntityBuilder::finish(Words words) {
  State& s = *state_;
  if (s.selection.rows() == 0) return nullptr;
  std::vector<std::shared_ptr<const Column>> folded;
  for (ColumnBuilder& column : s.columns) folded.push_back(column.finish());
  std::array own = {Integers::pack(s.at), Integers::pack(s.seq), Integers::pack(s.begins_at),
                    Integers::pack(s.changed_at), Integers::pack(s.known_by)};
  auto numbers = [&](size_t which, auto of) {
    if (s.copied.empty()) return own[which];
    std::vector<const Integers*> sources = {&own[which]};
    for (const EntityStream* from : s.copied) sources.push_back(&of(*from));
    return Integers::pack(gather_numbers(s.selection, sources));
  };
  auto out = std::make_shared<EntityStream>();
  out->rows_.offsets_ = Offsets::pack(s.offsets);
  out->rows_.occurred_at_ = numbers(0, [](const EntityStream& e) -> const Integers& { return e.rows().occurred_at(); });
  out->rows_.seq_ = numbers(1, [](const EntityStream& e) -> const Integers& { return e.rows().seq(); });
  out->begins_at_ = numbers(2, [](const EntityStream& e) -> const Integers& { return e.begins_at(); });
  out->changed_at_ = numbers(3, [](const EntityStream& e) -> const Integers& { return e.changed_at(); });
  out->known_by_ = numbers(4, [](const EntityStream& e) -> const Integers& { return e.known_by(); });
  for (size_t i = 0; i < s.reader.properties().size(); ++i) {
    if (s.copied.empty()) {
      out->rows_.columns_.push_back(folded[i]);
      continue;
    }
    std::vector<const Column*> sources = {folded.empty() ? nullptr : folded[i].get()};
    for (const EntityStream* from : s.copied) sources.push_back(from->rows().column(i));
    out->rows_.columns_.push_back(ColumnBuilder::gather(s.reader.properties()[i], s.selection, sources, words));
  }
  return out;
}

}  // namespace cairn::timeline
