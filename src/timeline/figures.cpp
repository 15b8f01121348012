#include <algorithm>
#include <map>
#include <set>

#include "timeline/timeline.h"

namespace cairn::timeline {
namespace {

class Account {
 public:
  void add(const std::string& owner, const std::string& column, uint64_t rows, size_t bytes, bool is_mapped) {
    ColumnFigure& figure = figures_[{owner, column}];
    figure.owner = owner;
    figure.column = column;
    figure.rows += rows;
    (is_mapped ? figure.mapped_bytes : figure.memory_bytes) += bytes;
  }
  template <class T>
  void add(const std::string& owner, const std::string& column, uint64_t rows, const T& stored) {
    add(owner, column, rows, stored.bytes(), stored.is_mapped());
  }
  /// A dictionary that several columns share is told of once.
  void add(const std::string& owner, const std::string& name, const Column& column) {
    if (column.coding() != Coding::codes) return add(owner, name, column.known_rows(), column);
    const Texts& words = column.dictionary();
    add(owner, name, column.known_rows(), column.bytes() - words.bytes(), column.integers().is_mapped());
    if (words_.insert(words.characters().data()).second)
      add(owner, name, 0, words.bytes(), words.characters().is_mapped());
  }
  void add(const std::string& owner, const Stream& stream) {
    add(owner, "[offsets]", stream.offsets().customers(), stream.offsets());
    add(owner, "[occurred_at]", stream.rows(), stream.occurred_at());
    add(owner, "[lag]", stream.rows(), stream.lag());
    add(owner, "[seq]", stream.rows(), stream.seq());
    add(owner, "[source]", stream.rows(), stream.source());
    add(owner, "[precedence]", stream.rows(), stream.precedence());
    if (stream.origin()) add(owner, "[origin]", *stream.origin());
  }

  void add(const Schema& schema, const Part& part) {
    add("", "[customers]", part.size(), part.customers());
    add("[order]", "[offsets]", part.size(), part.order().offsets());
    add("[order]", "[occurred_at]", part.events(), part.order().occurred_at());
    add("[order]", "[kind]", part.events(), part.order().codes());
    for (size_t k = 0; k < part.streams(); ++k) {
      const Stream* stream = part.stream(static_cast<KindIndex>(k));
      if (!stream) continue;
      const KindSchema& kind = schema.kinds()[k];
      add(kind.stream, *stream);
      for (size_t i = 0; i < stream->columns(); ++i)
        if (const Column* column = stream->column(i)) add(kind.stream, kind.columns[i].property.name, *column);
    }
    for (size_t e = 0; e < schema.entities().size(); ++e)
      if (const EntityStream* entity = part.entity(e)) add(schema.entities()[e], *entity);
    for (size_t a = 0; a < schema.attributes().size(); ++a)
      if (const AttributeColumn* attribute = part.attribute(a)) {
        const query::Attribute& named = schema.attributes()[a];
        if (attribute->now) add(named.scope, named.name, *attribute->now);
        // Shared by attributes of the same streams: told of the first that has them.
        if (attribute->settled == settled_) continue;
        settled_ = attribute->settled;
        add(named.scope, "[settled] " + named.stream, part.size(), attribute->settled->at);
        add(named.scope, "[settled] " + named.stream, part.size(), attribute->settled->known_by);
      }
  }
  std::vector<ColumnFigure> take() {
    std::vector<ColumnFigure> out;
    for (auto& [key, figure] : figures_) out.push_back(std::move(figure));
    std::stable_sort(out.begin(), out.end(), [](const ColumnFigure& a, const ColumnFigure& b) {
      return a.memory_bytes + a.mapped_bytes > b.memory_bytes + b.mapped_bytes;
    });
    return out;
  }

 private:
  void add(const query::Entity& entity, const EntityStream& stream) {
    std::string owner(entity.name);
    add(owner, stream.rows());
    add(owner, "[begins_at]", stream.rows().rows(), stream.begins_at());
    add(owner, "[changed_at]", stream.rows().rows(), stream.changed_at());
    add(owner, "[known_by]", stream.rows().rows(), stream.known_by());
    for (size_t i = 0; i < entity.fields.size(); ++i)
      if (const Column* column = stream.rows().column(i)) add(owner, std::string(entity.fields[i].name), *column);
  }
  std::map<std::pair<std::string, std::string>, ColumnFigure> figures_;
  std::shared_ptr<const Settled> settled_;
  std::set<const char*> words_;
};

}  // namespace

Figures figures(const Version& version) {
  Figures out;
  Account account;
  out.events = version.events();
  out.customers = version.customers();
  for (const auto& shard : version.shards()) {
    out.parts += shard->parts().size();
    if (!shard->parts().empty()) out.base_events += shard->parts().front()->events();
    for (const auto& part : shard->parts()) account.add(version.schema(), *part);
  }
  out.columns = account.take();
  for (const ColumnFigure& column : out.columns) {
    out.memory_bytes += column.memory_bytes;
    out.mapped_bytes += column.mapped_bytes;
  }
  return out;
}

}  // namespace cairn::timeline
