#include "timeline/batch.h"

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

void Batch::add(KindIndex kind, const RowHead& head, std::string_view properties) {
  uint32_t row = add(kind, head);
  const KindSchema& schema = schema_->kinds()[kind];
  if (schema.columns.empty() || (properties == "{}" && schema.derived.empty())) return;
  static const json::Object kNothing;
  // Small: there is one a shard.
  if (!reader_) reader_ = std::make_unique<json::Reader>(16 * 1024);
  auto value = reader_->read(properties);
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
