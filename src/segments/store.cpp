#include "segments/store.h"

#include "json/codec.h"

namespace cairn::segments {

Result<std::vector<Definition>> read_definitions(db::Session& session) {
  return session.all("segments.all", {}, [](const db::Row& row) {
    Definition out;
    out.id = row.integer(0);
    out.name = row.text(1);
    out.query = row.text(2);
    out.description = row.text(3);
    out.created_at = row.time(4);
    out.changed_at = row.time(5);
    if (!row.is_null(6)) out.archived_at = row.time(6);
    out.preset = row.text(7);
    out.language = i18n::parse_language(row.text(8)).value_or(i18n::Language::en);
    if (!row.is_null(9)) out.thresholds_at = row.time(9);
    return out;
  });
}

Result<int64_t> add_definition(db::Transaction& tx, const Definition& d) {
  auto id = TRY(tx.first("segments.next_id", {}, [](const db::Row& row) { return row.integer(0); }));
  TRY(tx.run("segments.add", {{"id", *id},
                              {"name", d.name},
                              {"query", d.query},
                              {"description", d.description},
                              {"at", d.created_at},
                              {"preset", d.preset},
                              {"preset_language", json::enum_name(d.language)},
                              {"thresholds_at", d.thresholds_at}}));
  return *id;
}

Result<void> change_definition(db::Transaction& tx, const Definition& d) {
  TRY(tx.run("segments.change", {{"id", d.id},
                                 {"name", d.name},
                                 {"query", d.query},
                                 {"description", d.description},
                                 {"at", d.changed_at},
                                 {"archived_at", d.archived_at},
                                 {"preset", d.preset},
                                 {"preset_language", json::enum_name(d.language)},
                                 {"thresholds_at", d.thresholds_at}}));
  return {};
}

Result<std::optional<Cursor>> read_cursor(db::Session& session) {
  return session.first("segments.cursor", {}, [](const db::Row& row) { return Cursor{row.id<Seq>(0), row.time(1)}; });
}

Result<void> write_cursor(db::Transaction& tx, const Cursor& cursor) {
  TRY(tx.run("segments.set_cursor", {{"seq", cursor.seq}, {"at", cursor.at}}));
  return {};
}

Result<void> write_baseline(db::Transaction& tx, const Baseline& b) {
  std::string members = pack_ids(b.members);
  TRY(tx.run(
      "segments.put_baseline",
      {{"segment", b.segment}, {"shard", b.shard}, {"seq", b.seq}, {"at", b.at}, {"members", db::Bytes{members}}}));
  return {};
}

Result<void> read_baselines(db::Session& session, const std::function<void(Baseline)>& visit) {
  return session.each("segments.baselines", {}, [&](const db::Row& row) {
    Baseline out;
    out.segment = row.integer(0);
    out.shard = static_cast<int>(row.integer(1));
    out.seq = row.id<Seq>(2);
    out.members = unpack_ids(row.bytes(3));
    visit(std::move(out));
    return true;
  });
}

Result<std::vector<int64_t>> read_computed(db::Session& session) {
  return session.all("segments.computed", {}, [](const db::Row& row) { return row.integer(0); });
}

Result<void> drop_baselines(db::Transaction& tx, int64_t segment) {
  TRY(tx.run("segments.drop_baselines", {{"segment", segment}}));
  return {};
}

Result<void> count_day(db::Transaction& tx, int64_t segment, const DayCounts& c) {
  TRY(tx.run("segments.count_day",
             {{"segment", segment}, {"day", c.day}, {"entered", c.entered}, {"lost", c.left}, {"silent", c.silent}}));
  return {};
}

Result<std::vector<DayCounts>> read_days(db::Session& session, int64_t segment) {
  return session.all("segments.days", {{"segment", segment}}, [](const db::Row& row) {
    return DayCounts{Day{static_cast<int32_t>(row.integer(0))}, row.integer(1), row.integer(2), row.integer(3)};
  });
}

std::string pack_ids(const std::vector<CustomerId>& ids) {
  std::string out;
  uint64_t before = 0;
  for (CustomerId id : ids) {
    // Differences of 64 bits wrap, and wrap back.
    uint64_t difference = static_cast<uint64_t>(id.value) - before;
    before = static_cast<uint64_t>(id.value);
    for (; difference >= 128; difference >>= 7) out += static_cast<char>(0x80 | (difference & 0x7F));
    out += static_cast<char>(difference);
  }
  return out;
}

std::vector<CustomerId> unpack_ids(std::string_view bytes) {
  std::vector<CustomerId> out;
  uint64_t at = 0, difference = 0;
  int shift = 0;
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    if (shift < 64) difference |= static_cast<uint64_t>(byte & 0x7F) << shift;
    shift += 7;
    if (byte & 0x80) continue;
    at += difference;
    out.push_back({static_cast<int64_t>(at)});
    difference = 0;
    shift = 0;
  }
  return out;
}

}  // namespace cairn::segments
