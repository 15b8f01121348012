#include "timeline/part_file.h"

#include "timeline/blocks.h"
#include "timeline/telling.h"

namespace cairn::timeline {
namespace {

constexpr uint64_t kMaxRows = UINT32_MAX - 1;

// ---- Parts of columns; each pair of functions is each other's inverse. ----

void put(BlockWriter& out, const Integers& numbers) {
  out.check(numbers.touch());
  const Packing& packing = numbers.packing();
  out.number(numbers.size());
  out.number(packing.width);
  out.number(static_cast<uint64_t>(packing.base));
  out.number(static_cast<uint64_t>(packing.scale));
  out.number(static_cast<uint64_t>(numbers.min()));
  out.number(static_cast<uint64_t>(numbers.max()));
  if (packing.width == 0) return;
  out.block(numbers.low_plane());
  if (packing.width == 5 || packing.width == 6) out.block(numbers.high_plane());
}

Integers load_integers(BlockReader& in) {
  uint64_t size = in.number(kMaxRows + 1);
  Packing packing;
  packing.width = static_cast<uint8_t>(in.number(8));
  packing.base = static_cast<int64_t>(in.number());
  packing.scale = static_cast<int64_t>(in.number());
  auto min = static_cast<int64_t>(in.number()), max = static_cast<int64_t>(in.number());
  if (packing.width == 3 || packing.width == 7) in.refuse();
  if (packing.width == 0 || !in.ok()) {
    packing.width = 0;
    return Integers(packing, in.ok() ? size : 0, min, max, nullptr, nullptr);
  }
  bool two = packing.width == 5 || packing.width == 6;
  auto low = in.block(size * (two ? 4 : packing.width));
  auto high = two ? in.block(size * (packing.width - 4u)) : nullptr;
  if (!in.ok()) return {};
  return Integers(packing, size, min, max, std::move(low), std::move(high));
}

/// Of exactly so many, or none where that may be.
Integers load_integers(BlockReader& in, uint64_t size) {
  Integers out = load_integers(in);
  if (out.size() != size) in.refuse();
  return in.ok() ? out : Integers();
}
Integers load_integers_or_none(BlockReader& in, uint64_t size) {
  Integers out = load_integers(in);
  if (out.size() != size && out.size() != 0) in.refuse();
  return in.ok() ? out : Integers();
}

template <class T>
void put(BlockWriter& out, const Array<T>& array) {
  out.check(array.touch());
  out.block(array.raw());
}
template <class T>
Array<T> load_array(BlockReader& in, uint64_t size) {
  auto block = in.block(size * sizeof(T));
  return in.ok() ? Array<T>(std::move(block)) : Array<T>();
}

void put(BlockWriter& out, const Bits& bits) {
  out.number(bits.size());
  put(out, bits.word_array());
  put(out, bits.count_array());
}
Bits load_bits(BlockReader& in, uint64_t size) {
  if (in.number() != size) in.refuse();
  auto words = load_array<uint64_t>(in, (size + 63) / 64);
  auto counts = load_array<uint32_t>(in, (size + Bits::kGroup - 1) / Bits::kGroup);
  return in.ok() ? Bits(std::move(words), std::move(counts), size) : Bits();
}

void put(BlockWriter& out, const Texts& texts) {
  put(out, texts.offsets());
  put(out, texts.characters());
}
Texts load_texts(BlockReader& in) {
  Integers offsets = load_integers(in);
  auto bytes = in.block();
  return in.ok() ? Texts(std::move(offsets), Array<char>(std::move(bytes))) : Texts();
}

void put(BlockWriter& out, const Offsets& offsets) {
  out.check(offsets.touch());
  bool dense = offsets.dense() != nullptr;
  out.number(dense);
  if (!dense) put(out, offsets.has());
  out.number(offsets.starts().size());
  put(out, offsets.starts());
}
Offsets load_offsets(BlockReader& in, uint64_t customers) {
  bool dense = in.number(1) == 1;
  Bits has = dense ? Bits() : load_bits(in, customers);
  uint64_t size = in.number(customers + 1);
  auto starts = load_array<uint32_t>(in, size);
  if (size == 0 || (dense && size != customers + 1)) in.refuse();
  return in.ok() ? Offsets(static_cast<uint32_t>(customers), std::move(has), std::move(starts)) : Offsets();
}

}  // namespace

/// Knows what is inside.
struct PartFile {
  static void save(BlockWriter& out, const Column* column);
  static std::shared_ptr<const Column> load_column(BlockReader& in, uint64_t rows, int depth = 0);
  static void load_values(BlockReader& in, Column& column, int depth);
  static bool is_possible(query::PropertyType type, Coding coding);
  static void save_clocks(BlockWriter& out, const Stream& stream);
  static void load_clocks(BlockReader& in, Stream& stream, uint64_t customers);
  static void load_columns(BlockReader& in, Stream& stream, const std::vector<query::Property>& properties);
  static bool is_as_declared(const Column& column, const query::Property& property);

  static void save_core(BlockWriter& out, const Part& part);
  static void load_core(BlockReader& in, const Schema& schema, Part& part);
  static void load_order(BlockReader& in, Part& part);
  static void save_columns(BlockWriter& out, const Part& part);
  static void load_columns(BlockReader& in, const Schema& schema, Part& part);
  static void save_derived(BlockWriter& out, const Schema& schema, const Part& part);
  static void load_derived(BlockReader& in, const Schema& schema, Part& part);
  static std::shared_ptr<const EntityStream> load_entity(BlockReader& in, const FieldReader& entity,
                                                         uint64_t customers);
  static void load_attributes(BlockReader& in, const Schema& schema, Part& part);
  static Result<std::shared_ptr<const Part>> load(const Schema& schema, int shard,
                                                  const std::array<FileBytes, 3>& files, LoadOptions options);
};

void PartFile::save(BlockWriter& out, const Column* column) {
  out.number(column != nullptr);
  if (!column) return;
  const Column& c = *column;
  out.check(c.touch());
  out.number(static_cast<uint64_t>(c.type_));
  out.number(static_cast<uint64_t>(c.coding_));
  out.number(c.is_flat_);
  out.number(c.rows_);
  out.number(c.known_);
  if (c.known_ != c.rows_) put(out, *c.bits_);
  switch (c.coding_) {
    case Coding::nothing: break;
    case Coding::integers: put(out, c.integers_); break;
    case Coding::bits: put(out, c.truths_); break;
    case Coding::texts: put(out, c.texts_); break;
    case Coding::doubles: put(out, c.doubles_); break;
    case Coding::codes:
      put(out, c.integers_);
      put(out, c.texts_);
      break;
    case Coding::any:
      put(out, c.integers_);
      out.number(!c.doubles_.empty());
      if (!c.doubles_.empty()) put(out, c.doubles_);
      out.number(c.texts_.size() != 0);
      if (c.texts_.size() != 0) put(out, c.texts_);
      break;
    case Coding::list:
      put(out, c.lists_->offsets);
      save(out, c.lists_->elements.get());
      out.number(c.lists_->items.size());
      for (const auto& [name, item] : c.lists_->items) {
        out.block(name);
        save(out, item.get());
      }
      break;
  }
}

bool PartFile::is_possible(query::PropertyType type, Coding coding) {
  using query::PropertyType;
  switch (coding) {
    case Coding::nothing: return false;
    case Coding::any: return true;
    case Coding::bits: return type == PropertyType::boolean;
    case Coding::list: return type == PropertyType::list;
    case Coding::doubles: return type == PropertyType::number;
    case Coding::codes:
    case Coding::texts: return type == PropertyType::text;
    case Coding::integers:
      return type == PropertyType::number || type == PropertyType::integer || type == PropertyType::money ||
             type == PropertyType::time;
  }
  return false;
}

std::shared_ptr<const Column> PartFile::load_column(BlockReader& in, uint64_t rows, int depth) {
  if (in.number(1) == 0) return nullptr;
  auto type = static_cast<query::PropertyType>(in.number(static_cast<uint64_t>(query::PropertyType::object)));
  auto out = std::make_shared<Column>(type, static_cast<uint32_t>(rows));
  out->coding_ = static_cast<Coding>(in.number(static_cast<uint64_t>(Coding::list)));
  out->is_flat_ = in.number(1) == 1;
  if (in.number() != rows) in.refuse();
  out->known_ = static_cast<uint32_t>(in.number(rows));
  bool all = out->known_ == rows;
  if (!is_possible(type, out->coding_) || out->known_ == 0 || (all && !out->is_flat_)) in.refuse();
  if (!all) out->bits_ = std::make_shared<const Bits>(load_bits(in, rows));
  load_values(in, *out, depth);
  if (!in.ok()) return nullptr;
  return out;
}

void PartFile::load_values(BlockReader& in, Column& c, int depth) {
  uint64_t slots = c.is_flat_ ? c.rows_ : c.known_;
  auto texts_of = [&](uint64_t size) {
    Texts texts = load_texts(in);
    if (texts.size() != size) in.refuse();
    return in.ok() ? texts : Texts();
  };
  switch (c.coding_) {
    case Coding::nothing: break;
    case Coding::integers: c.integers_ = load_integers(in, slots); break;
    case Coding::bits: c.truths_ = load_bits(in, slots); break;
    case Coding::texts: c.texts_ = texts_of(slots); break;
    case Coding::doubles: c.doubles_ = load_array<double>(in, slots); break;
    case Coding::codes:
      c.integers_ = load_integers(in, slots);
      c.texts_ = load_texts(in);
      break;
    case Coding::any:
      c.integers_ = load_integers(in, slots);
      if (in.number(1)) c.doubles_ = load_array<double>(in, slots);
      if (in.number(1)) c.texts_ = texts_of(slots);
      break;
    case Coding::list: {
      auto lists = std::make_shared<Lists>();
      lists->offsets = load_integers(in, c.rows_ + uint64_t{1});
      // Lists of lists there are none; without this a crafted file could go deep.
      if (depth > 0 || lists->offsets.max() < 0 || lists->offsets.max() > static_cast<int64_t>(kMaxRows)) in.refuse();
      if (!in.ok()) return;
      auto elements = static_cast<uint64_t>(lists->offsets.max());
      lists->elements = load_column(in, elements, depth + 1);
      for (uint64_t items = in.number(1000); items > 0 && in.ok(); --items) {
        auto name = in.block();
        if (in.ok() && !name->touch()) in.refuse();
        if (in.ok()) lists->items.emplace_back(name->bytes(), load_column(in, elements, depth + 1));
      }
      c.lists_ = std::move(lists);
      break;
    }
  }
}

void PartFile::save_clocks(BlockWriter& out, const Stream& stream) {
  out.number(stream.rows());
  put(out, stream.offsets_);
  for (const Integers* numbers :
       {&stream.occurred_at_, &stream.seq_, &stream.lag_, &stream.source_, &stream.precedence_})
    put(out, *numbers);
  save(out, stream.origin_.get());
}

void PartFile::load_clocks(BlockReader& in, Stream& stream, uint64_t customers) {
  uint64_t rows = in.number(kMaxRows);
  stream.offsets_ = load_offsets(in, customers);
  stream.occurred_at_ = load_integers(in, rows);
  stream.seq_ = load_integers(in, rows);
  stream.lag_ = load_integers_or_none(in, rows);
  stream.source_ = load_integers_or_none(in, rows);
  stream.precedence_ = load_integers_or_none(in, rows);
  stream.origin_ = load_column(in, rows);
  if (rows == 0 || (stream.origin_ && stream.origin_->coding() != Coding::integers)) in.refuse();
}

/// Whoever reads a column knows its type from the schema, and asks no further.
bool PartFile::is_as_declared(const Column& column, const query::Property& property) {
  if (!property.declared) return column.coding() == Coding::any;
  return column.type() == property.type && column.coding() != Coding::any;
}

void PartFile::load_columns(BlockReader& in, Stream& stream, const std::vector<query::Property>& properties) {
  uint64_t columns = in.number(properties.size());
  for (size_t i = 0; i < columns && in.ok(); ++i) {
    stream.columns_.push_back(load_column(in, stream.rows()));
    const Column* column = stream.columns_.back().get();
    if (column && !is_as_declared(*column, properties[i])) in.refuse();
    if (!column || !column->lists() || !in.ok()) continue;
    const auto& items = column->lists()->items;
    for (size_t k = 0; k < items.size(); ++k) {
      bool known = k < properties[i].items.size() && properties[i].items[k].name == items[k].first;
      if (!known || (items[k].second && !is_as_declared(*items[k].second, properties[i].items[k]))) in.refuse();
    }
    if (column->lists()->elements && column->lists()->elements->coding() != Coding::any) in.refuse();
  }
}

void PartFile::save_core(BlockWriter& out, const Part& part) {
  put(out, part.customers_);
  const Order& order = part.order_;
  out.number(order.kinds_.size());
  for (KindIndex kind : order.kinds_) out.number(kind);
  put(out, order.offsets_);
  put(out, order.occurred_at_);
  put(out, order.codes_);
  for (KindIndex kind : order.kinds_) save_clocks(out, *part.streams_[kind]);
}

void PartFile::load_order(BlockReader& in, Part& part) {
  Order& order = part.order_;
  order.offsets_ = load_offsets(in, part.size());
  // Everybody has an event; and these offsets are read before anybody can verify them.
  if (in.ok() && !order.offsets_.dense()) in.refuse();
  order.occurred_at_ = load_integers(in);
  order.codes_ = load_integers(in, order.occurred_at_.size());
  if (order.occurred_at_.size() > kMaxRows) in.refuse();
}

void PartFile::load_core(BlockReader& in, const Schema& schema, Part& part) {
  part.customers_ = load_integers(in);
  if (part.customers_.size() > kMaxRows) in.refuse();
  for (uint64_t kinds = in.number(schema.kinds().size()); kinds > 0 && in.ok(); --kinds)
    part.order_.kinds_.push_back(static_cast<KindIndex>(in.number(schema.kinds().size() - 1)));
  load_order(in, part);
  for (KindIndex kind : part.order_.kinds_) {
    if (!in.ok()) return;
    if (part.streams_.size() <= kind) part.streams_.resize(kind + size_t{1});
    if (part.streams_[kind]) return in.refuse();
    auto stream = std::make_shared<Stream>();
    load_clocks(in, *stream, part.size());
    part.streams_[kind] = std::move(stream);
  }
}

void PartFile::save_columns(BlockWriter& out, const Part& part) {
  for (KindIndex kind : part.order_.kinds_) {
    const Stream& stream = *part.streams_[kind];
    out.number(stream.columns_.size());
    for (const auto& column : stream.columns_) save(out, column.get());
  }
}

void PartFile::load_columns(BlockReader& in, const Schema& schema, Part& part) {
  for (KindIndex kind : part.order_.kinds_) {
    if (!in.ok()) return;
    auto stream = std::make_shared<Stream>(*part.streams_[kind]);
    std::vector<query::Property> properties;
    for (const ColumnSchema& column : schema.kinds()[kind].columns) properties.push_back(column.property);
    load_columns(in, *stream, properties);
    part.streams_[kind] = std::move(stream);
  }
}

void PartFile::save_derived(BlockWriter& out, const Schema& schema, const Part& part) {
  for (size_t e = 0; e < schema.entities().size(); ++e) {
    const EntityStream* entity = part.entity(e);
    out.number(entity != nullptr);
    if (!entity) continue;
    save_clocks(out, entity->rows_);
    for (const Integers* numbers : {&entity->begins_at_, &entity->changed_at_, &entity->known_by_}) put(out, *numbers);
    out.number(entity->rows_.columns_.size());
    for (const auto& column : entity->rows_.columns_) save(out, column.get());
  }
  // Settled moments are shared: each is written where it is met first, and named by number after that.
  std::vector<const Settled*> met;
  for (size_t a = 0; a < schema.attributes().size(); ++a) {
    const AttributeColumn* attribute = part.attribute(a);
    out.number(attribute != nullptr);
    if (!attribute) continue;
    save(out, attribute->now.get());
    auto at = static_cast<size_t>(std::find(met.begin(), met.end(), attribute->settled.get()) - met.begin());
    out.number(at);
    if (at < met.size()) continue;
    met.push_back(attribute->settled.get());
    put(out, attribute->settled->at);
    put(out, attribute->settled->known_by);
  }
}

std::shared_ptr<const EntityStream> PartFile::load_entity(BlockReader& in, const FieldReader& entity,
                                                          uint64_t customers) {
  auto out = std::make_shared<EntityStream>();
  load_clocks(in, out->rows_, customers);
  uint64_t rows = out->rows_.rows();
  out->begins_at_ = load_integers(in, rows);
  out->changed_at_ = load_integers(in, rows);
  out->known_by_ = load_integers(in, rows);
  load_columns(in, out->rows_, entity.properties());
  return out;
}

void PartFile::load_attributes(BlockReader& in, const Schema& schema, Part& part) {
  std::vector<std::shared_ptr<const Settled>> met;
  for (size_t a = 0; a < schema.attributes().size() && in.ok(); ++a) {
    part.attributes_.emplace_back();
    if (in.number(1) == 0) continue;
    auto now = load_column(in, part.size());
    uint64_t at = in.number(met.size());
    if (at == met.size()) {
      auto settled = std::make_shared<Settled>();
      settled->at = load_integers(in, part.size());
      settled->known_by = load_integers(in, part.size());
      met.push_back(std::move(settled));
    }
    part.attributes_.back() = std::make_shared<const AttributeColumn>(AttributeColumn{std::move(now), met[at]});
  }
}

void PartFile::load_derived(BlockReader& in, const Schema& schema, Part& part) {
  for (const FieldReader& entity : schema.rules().entities) {
    if (!in.ok()) return;
    part.entities_.push_back(in.number(1) ? load_entity(in, entity, part.size()) : nullptr);
  }
  load_attributes(in, schema, part);
}

Result<std::shared_ptr<const Part>> PartFile::load(const Schema& schema, int shard,
                                                   const std::array<FileBytes, 3>& files, LoadOptions options) {
  auto part = std::make_shared<Part>();
  part->shard_ = shard;
  part->is_mapped_ = true;
  for (Group group : {Group::core, Group::columns, Group::derived}) {
    const FileBytes& file = files[static_cast<size_t>(group)];
    Footer footer{group, static_cast<uint32_t>(shard), schema.fingerprint()};
    BlockReader in = TRY(BlockReader::open(file, footer, options));
    if (group == Group::core) load_core(in, schema, *part);
    else if (group == Group::columns) load_columns(in, schema, *part);
    else load_derived(in, schema, *part);
    TRY(in.finish());
  }
  // Who is there, and how many events: read by everybody, long before anybody would touch them.
  TRY(part->customers_.touch());
  TRY(part->order_.offsets_.touch());
  return std::shared_ptr<const Part>(std::move(part));
}

Result<void> save(const Schema& schema, const Part& part, Group group, const Sink& sink) {
  BlockWriter out(sink);
  if (group == Group::core) PartFile::save_core(out, part);
  else if (group == Group::columns) PartFile::save_columns(out, part);
  else PartFile::save_derived(out, schema, part);
  return out.finish({group, static_cast<uint32_t>(part.shard()), schema.fingerprint()});
}

Result<std::shared_ptr<const Part>> load(const Schema& schema, int shard, const std::array<FileBytes, 3>& files,
                                         LoadOptions options) {
  return PartFile::load(schema, shard, files, options);
}

}  // namespace cairn::timeline
