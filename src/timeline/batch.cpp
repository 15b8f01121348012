#include "timeline/batch.h"

#include <algorithm>

#include "json/reader.h"

namespace cairn::timeline {

ColumnBuilder& KindBatch::column(const ColumnSchema& schema, ColumnIndex index) {
  if (columns.size() <= index) columns.resize(index + size_t{1});
  if (!columns[index]) columns[index] = std::make_unique<ColumnBuilder>(schema.property);
  return *columns[index];
}

Batch::Batch(std::shared_ptr<const Schema> schema) : schema_(std::move(schema)) {}
Batch::~Batch() = default;
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;

void Batch::set_schema(std::shared_ptr<const Schema> schema) {
  schema_ = std::move(schema);
  for (auto& batch : kinds_)
    if (batch) batch->shape.clear();
}

KindBatch& Batch::ensure(KindIndex kind) {
  if (kinds_.size() <= kind) kinds_.resize(kind + size_t{1});
  if (!kinds_[kind]) kinds_[kind] = std::make_unique<KindBatch>();
  return *kinds_[kind];
}

uint32_t Batch::add(KindIndex kind, const RowHead& head) {
  KindBatch& batch = ensure(kind);
  batch.heads.push_back(head);
  ++rows_;
  return static_cast<uint32_t>(batch.heads.size() - 1);
}

ColumnBuilder& Batch::column(KindIndex kind, ColumnIndex column) {
  KindBatch& batch = ensure(kind);
  ColumnBuilder& out = batch.column(schema_->kinds()[kind].columns[column], column);
  out.skip_to(static_cast<uint32_t>(batch.heads.size() - 1));
  return out;
}

/// False: a key is there twice.
bool Batch::learn_shape(const KindSchema& schema, const std::vector<json::PlainMember>& members, KindBatch& batch) {
  auto is_same = [](const KindBatch::Member& a, const json::PlainMember& b) { return a.key == b.key; };
  if (std::equal(batch.shape.begin(), batch.shape.end(), members.begin(), members.end(), is_same)) return true;
  batch.shape.clear();
  for (const json::PlainMember& member : members) {
    auto has_key = [&](const KindBatch::Member& other) { return is_same(other, member); };
    if (std::any_of(batch.shape.begin(), batch.shape.end(), has_key)) {
      batch.shape.clear();
      return false;
    }
    auto index = schema.find(member.key);
    bool is_read = index && schema.columns[*index].fill != Fill::absent && !member.key.starts_with('\x01');
    batch.shape.push_back({std::string(member.key), is_read ? index : std::nullopt});
  }
  return true;
}

/// What Reader would read of plain_.
bool Batch::add_plain(KindIndex kind, uint32_t row) {
  const KindSchema& schema = schema_->kinds()[kind];
  KindBatch& batch = *kinds_[kind];
  if (!learn_shape(schema, plain_, batch)) return false;
  json::Object event;
  for (const json::PlainMember& member : plain_)
    if (member.key == "currency") event.emplace("currency", json::value_of(member));
  for (size_t i = 0; i < plain_.size(); ++i) {
    if (!batch.shape[i].column) continue;
    const ColumnSchema& column = schema.columns[*batch.shape[i].column];
    ColumnBuilder& out = batch.column(column, *batch.shape[i].column);
    out.skip_to(row);
    bool is_text = plain_[i].is_text && column.property.declared && column.property.type == query::PropertyType::text;
    if (is_text) out.add_text(plain_[i].token);
    else read_property(json::value_of(plain_[i]), column.property, event, schema_->reading(), out);
  }
  return true;
}

void Batch::add(KindIndex kind, const RowHead& head, std::string_view properties) {
  uint32_t row = add(kind, head);
  const KindSchema& schema = schema_->kinds()[kind];
  if (schema.columns.empty() || (properties == "{}" && schema.derived.empty())) return;
  if (schema.derived.empty() && json::read_plain(properties, plain_) && add_plain(kind, row)) return;
  // Small: there is one a shard.
  if (!reader_) reader_ = std::make_unique<json::Reader>(16 * 1024);
  auto value = reader_->read(properties);
  static const json::Object kNothing;
  const json::Object& event = value && (*value)->is_object() ? (*value)->get_object() : kNothing;
  KindBatch& batch = *kinds_[kind];
  auto put = [&](ColumnIndex index) -> ColumnBuilder& {
    ColumnBuilder& out = batch.column(schema.columns[index], index);
    out.skip_to(row);
    return out;
  };
  for (const auto& member : event) {
    auto index = schema.find({member.key().data(), member.key().size()});
    if (!index || schema.columns[*index].fill == Fill::absent) continue;
    const query::Property& property = schema.columns[*index].property;
    if (property.name[0] != '\x01') read_property(member.value(), property, event, schema_->reading(), put(*index));
  }
  for (auto [what, index] : schema.derived) read_derived(what, event, schema_->reading(), put(index));
}

}  // namespace cairn::timeline
