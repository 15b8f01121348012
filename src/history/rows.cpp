#include "history/rows.h"

#include <algorithm>

#include "base/hash.h"

namespace cairn::history {
namespace {

constexpr size_t kKeptBytes = size_t{16} << 20;
constexpr size_t kTextBytes = size_t{64} << 20;  // of one read: rows with long texts come in smaller pieces

}  // namespace

Witness witness_of(const timeline::Row& row) {
  uint64_t hash = hash64(row.properties, hash64(row.kind));
  for (int64_t value : {row.customer.value, row.occurred_at.micros, row.known_at.micros, int64_t{row.flags}})
    hash = mix(hash ^ static_cast<uint64_t>(value));
  return {row.seq, hash};
}

void Rows::clear() {
  // What one large step needed is not kept for all the small ones behind it.
  if (text_.capacity() > kKeptBytes) std::string().swap(text_);
  text_.clear();
  begins_.clear();
  rows_.clear();
}

/// When all are taken: their texts stay where they are from now on.
void Rows::seal() {
  begins_.push_back(text_.size());
  for (size_t i = 0; i < rows_.size(); ++i)
    rows_[i].properties = std::string_view(text_).substr(begins_[i], begins_[i + 1] - begins_[i]);
}

Result<void> Rows::read_these(db::Store& store, std::span<const Seq> seqs, const Undone& undone) {
  TRY(store.read([&](db::Session& session) {
    clear();
    return events::visit_rows(session, seqs, [&](const events::LogRow& row) {
      if (!undone.has(row.seq)) take(row);
    });
  }));
  seal();
  return {};
}

Result<void> Rows::read(Seq after, size_t limit, const Undone& undone) {
  clear();
  // Before the sweep: it sees at least what was committed by now, also where the rows at the end are gone.
  Seq committed = log_.last();
  size_t seen = 0;
  is_end_ = true;
  last_ = TRY(log_.sweep(after, [&](const events::LogRow& row) {
    if (!undone.has(row.seq)) take(row);
    is_end_ = ++seen < limit && text_.size() < kTextBytes;
    return is_end_;
  }));
  if (is_end_) last_ = std::max(last_, committed);
  seal();
  return {};
}

void Rows::take(const events::LogRow& row) {
  begins_.push_back(text_.size());
  text_ += row.properties;
  timeline::Row& out = rows_.emplace_back();
  out.seq = row.seq;
  out.customer = row.customer;
  out.kind = kind_name(row.kind);
  out.occurred_at = row.occurred_at;
  out.known_at = row.known_at;
  out.source = static_cast<int32_t>(row.source.value);
  out.precedence = precedence(row.source);
  out.flags = row.flags;
}

const std::string& Rows::kind_name(KindId kind) {
  auto known = kinds_.find(kind.value);
  if (known == kinds_.end()) known = kinds_.emplace(kind.value, log_.kind_name(kind)).first;
  return known->second;
}

int32_t Rows::precedence(SourceId source) {
  auto known = precedences_.find(source.value);
  if (known == precedences_.end()) known = precedences_.emplace(source.value, log_.source_precedence(source)).first;
  return known->second;
}

std::optional<Witness> Rows::witness() const {
  return rows_.empty() ? std::nullopt : std::optional(witness_of(rows_.back()));
}

}  // namespace cairn::history
