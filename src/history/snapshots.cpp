#include "history/snapshots.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "json/codec.h"

namespace cairn::history {

/// An Origin as it is written.
struct OriginLine {
  Seq last;
  Seq witness_seq;
  uint64_t witness_hash = 0;
  std::vector<int64_t> undone;
};
BOOST_DESCRIBE_STRUCT(OriginLine, (), (last, witness_seq, witness_hash, undone))

namespace {

OriginLine line_of(const Origin& origin) {
  return {origin.last, origin.witness.seq, origin.witness.hash, {origin.undone.begin(), origin.undone.end()}};
}

Origin origin_of(const OriginLine& line) {
  return {line.last, {line.witness_seq, line.witness_hash}, {line.undone.begin(), line.undone.end()}};
}

/// Whether the row by which the snapshot's log is known is in this one. One that an undo has taken proves nothing.
Result<bool> is_of_log(const Origin& origin, events::Log& log, const std::vector<timeline::SeqRange>& undone) {
  if (log.last() < origin.last) return false;
  if (!origin.witness.seq.is_set()) return true;
  for (const timeline::SeqRange& range : undone)
    if (range.from <= origin.witness.seq && origin.witness.seq <= range.to) return true;
  Rows rows(log);
  TRY(rows.read(Seq{origin.witness.seq.value - 1}, 1, Undone()));
  return rows.witness() == origin.witness;
}

}  // namespace

Result<std::vector<Origin>> Snapshots::read_origins() const {
  std::string text = TRY(files_.read(origin_path()));
  size_t line = text.find('\n');
  std::string_view body = std::string_view(text).substr(0, line);
  if (line == text.npos || text.substr(line + 1) != fmt::format("{:016x}\n", hash64(body)))
    return fail(Code::corrupt, "{}: the file is damaged", origin_path());
  std::vector<Origin> out;
  for (const OriginLine& origin : TRY(json::decode_text<std::vector<OriginLine>>(body)))
    out.push_back(origin_of(origin));
  return out;
}

Result<void> Snapshots::write_origins(const std::vector<Origin>& origins) const {
  std::vector<OriginLine> lines;
  for (const Origin& origin : origins) lines.push_back(line_of(origin));
  std::string body = json::encode_text(lines);
  TRY(files_.make_directory(directory_));
  return files_.write(origin_path(), fmt::format("{}\n{:016x}\n", body, hash64(body)));
}

Result<Snapshots::Opened> Snapshots::open(std::shared_ptr<const timeline::Schema> schema, events::Log& log,
                                          const std::vector<timeline::SeqRange>& undone) {
  if (directory_.empty()) return fail(Code::not_found, "no snapshot is kept");
  present_.clear();
  auto snapshot = TRY(timeline::open_snapshot(files_, directory_, std::move(schema)));
  auto origins = TRY(read_origins());
  // The first of those that it may be: what was undone between the two is removed again, which does no harm.
  auto origin = std::find_if(origins.begin(), origins.end(), [&](const Origin& o) { return o.last == snapshot.last; });
  if (origin == origins.end() || !TRY(is_of_log(*origin, log, undone)))
    return fail(Code::invalid, "{}: the snapshot is of another log", directory_);
  present_ = {*origin};
  return Opened{std::move(snapshot), *origin};
}

Result<void> Snapshots::announce(const Origin& origin) {
  auto both = present_;
  both.push_back(origin);
  TRY(write_origins(both));
  announced_ = {origin};
  return {};
}

bool Snapshots::written() {
  if (announced_.empty()) return false;
  present_ = std::exchange(announced_, {});
  return true;
}

Result<void> Snapshots::write(const timeline::Version& version, Executor& executor) const {
  return timeline::write_snapshot(files_, directory_, version, executor);
}

Result<void> Snapshots::discard() {
  present_.clear();
  announced_.clear();
  if (directory_.empty() || !files_.exists(directory_)) return {};
  TRY(write_origins({}));
  TRY(timeline::discard_snapshot(files_, directory_));
  // Syncs the directory: what was removed does not come back when the power goes.
  return write_origins({});
}

}  // namespace cairn::history
