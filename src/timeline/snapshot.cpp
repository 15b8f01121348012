#include "timeline/snapshot.h"

#include <algorithm>
#include <optional>

#include "json/codec.h"
#include "timeline/part_builder.h"

namespace cairn::timeline {

/// What `manifest` says, as JSON, before a line with its checksum.
struct ManifestColumn {
  std::string name;
  query::PropertyType type = query::PropertyType::text;
  bool declared = true;
  bool ready = true;
};
BOOST_DESCRIBE_STRUCT(ManifestColumn, (), (name, type, declared, ready))
struct ManifestKind {
  std::string name;
  std::vector<ManifestColumn> columns;
};
BOOST_DESCRIBE_STRUCT(ManifestKind, (), (name, columns))
struct Manifest {
  uint32_t version = kSnapshotVersion;
  uint64_t fingerprint = 0;
  uint64_t generation = 1;
  Seq last;
  std::vector<ManifestKind> kinds;
};
BOOST_DESCRIBE_STRUCT(Manifest, (), (version, fingerprint, generation, last, kinds))

namespace {

constexpr std::string_view kManifest = "manifest";
constexpr std::string_view kFileEnd = ".tl";

std::string file_name(uint64_t generation, int shard, Group group) {
  return fmt::format("{}-{:02}-{}{}", generation, shard, kGroupNames[static_cast<size_t>(group)], kFileEnd);
}

Result<Manifest> read_manifest(Files& files, const std::string& directory) {
  std::string text = TRY(files.read(join_path(directory, kManifest)));
  size_t line = text.find('\n');
  std::string_view body = std::string_view(text).substr(0, line);
  if (line == text.npos || text.substr(line + 1) != fmt::format("{:016x}\n", checksum(body)))
    return fail(Code::corrupt, "{}: the list of the timeline's files is damaged", join_path(directory, kManifest));
  Manifest out = TRY(json::decode_text<Manifest>(body, json::Unknown::ignore));
  if (out.version != kSnapshotVersion)
    return fail(Code::invalid, "{}: format {}, and this program reads {}", directory, out.version, kSnapshotVersion);
  return out;
}

Manifest describe(const Version& version, uint64_t generation) {
  Manifest out{kSnapshotVersion, version.schema().fingerprint(), generation, version.last(), {}};
  for (const KindSchema& kind : version.schema().kinds()) {
    ManifestKind& to = out.kinds.emplace_back();
    to.name = kind.name;
    for (const ColumnSchema& c : kind.columns)
      to.columns.push_back({c.property.name, c.property.type, c.property.declared, c.fill == Fill::ready});
  }
  return out;
}

/// The schema with what had turned up when the snapshot was written, under the same numbers.
Result<std::shared_ptr<const Schema>> grown(const Schema& declared, const Manifest& manifest) {
  auto out = std::make_shared<Schema>(declared);
  auto other = [] { return fail(Code::invalid, "the timeline's snapshot is of another catalogue"); };
  for (size_t k = 0; k < manifest.kinds.size(); ++k) {
    const ManifestKind& kind = manifest.kinds[k];
    auto index = out->ensure_kind(kind.name);
    if (!index || *index != k) return other();
    for (size_t c = 0; c < kind.columns.size(); ++c) {
      const ManifestColumn& column = kind.columns[c];
      query::Property property{column.name, column.type};
      property.declared = column.declared;
      ColumnIndex at = out->ensure_column(*index, property);
      if (at != c) return other();
      // What was asked for and not filled yet is asked for again.
      out->set_fill(*index, at, column.ready ? Fill::ready : Fill::absent);
    }
  }
  return std::shared_ptr<const Schema>(std::move(out));
}

Result<void> write_file(Files& files, const std::string& path, const Schema& schema, const Part& part, Group group) {
  auto file = TRY(files.open(path, Open::truncate));
  TRY(save(schema, part, group, [&](std::string_view bytes) { return file->append(bytes); }));
  return file->sync();
}

Result<void> write_shard(Files& files, const std::string& directory, const Version& version, int shard,
                         uint64_t generation) {
  const auto& parts = version.shard(shard).parts();
  std::shared_ptr<const Part> part;
  if (parts.size() == 1) part = parts.front();
  else part = TRY(merge(version.schema(), shard, parts));
  for (Group group : {Group::core, Group::columns, Group::derived})
    TRY(write_file(files, join_path(directory, file_name(generation, shard, group)), version.schema(), *part, group));
  return {};
}

/// Files of other generations. What somebody has mapped stays readable.
Result<void> sweep(Files& files, const std::string& directory, uint64_t generation) {
  std::string kept = fmt::format("{}-", generation);
  for (const std::string& name : TRY(files.list(directory)))
    if (name.ends_with(kFileEnd) && !name.starts_with(kept)) TRY(files.remove(join_path(directory, name)));
  return {};
}

Result<std::shared_ptr<const Part>> open_shard(Files& files, const std::string& directory, const Schema& schema,
                                               int shard, uint64_t generation) {
  std::array<FileBytes, 3> bytes;
  for (Group group : {Group::core, Group::columns, Group::derived}) {
    std::string name = file_name(generation, shard, group);
    std::shared_ptr<const Mapping> mapping = TRY(files.map(join_path(directory, name)));
    bytes[static_cast<size_t>(group)] = {mapping, mapping->bytes(), name};
  }
  return load(schema, shard, bytes);
}

}  // namespace

Result<void> write_snapshot(Files& files, const std::string& directory, const Version& version, Executor& executor) {
  TRY(files.make_directory(directory));
  // A new name for every file: what is mapped must never be written to.
  uint64_t generation = 1;
  for (const std::string& name : TRY(files.list(directory)))
    generation = std::max<uint64_t>(generation, std::strtoull(name.c_str(), nullptr, 10) + 1);
  std::vector<Result<void>> results(kShards);
  executor.parallel_for(
      kShards, [&](size_t s) { results[s] = write_shard(files, directory, version, static_cast<int>(s), generation); });
  for (Result<void>& result : results)
    if (!result) return result;
  std::string body = json::encode_text(describe(version, generation));
  std::string text = fmt::format("{}\n{:016x}\n", body, checksum(body));
  TRY(files.write(join_path(directory, kManifest), text));
  return sweep(files, directory, generation);
}

Result<Snapshot> open_snapshot(Files& files, const std::string& directory, std::shared_ptr<const Schema> schema) {
  Manifest manifest = TRY(read_manifest(files, directory));
  if (manifest.fingerprint != schema->fingerprint())
    return fail(Code::invalid, "{}: it is of another catalogue, currency or time zone", directory);
  Snapshot out;
  out.schema = TRY(grown(*schema, manifest));
  out.last = manifest.last;
  for (int s = 0; s < kShards; ++s) {
    auto part = open_shard(files, directory, *out.schema, s, manifest.generation);
    if (part) {
      out.parts.push_back(std::move(*part));
    } else {
      out.missing.push_back(s);
      out.findings.push_back(part.error().message);
    }
  }
  return out;
}

Result<void> discard_snapshot(Files& files, const std::string& directory) {
  if (!files.exists(directory)) return {};
  TRY(files.remove(join_path(directory, kManifest)));
  return sweep(files, directory, 0);
}

}  // namespace cairn::timeline
