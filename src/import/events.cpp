// The preset `events`: any CSV or JSON Lines of events. Rules and worked examples: docs/reference/import.md.
#include <algorithm>
#include <variant>

#include "base/text.h"
#include "import/csv_events.h"
#include "import/json_events.h"

namespace cairn::import {
namespace {

struct CsvFile {
  CsvReader reader;
  CsvEvents events;
};
struct JsonFile {
  LineReader reader;
  JsonEvents events;
};

bool is_json_name(std::string_view path) {
  return path.ends_with(".jsonl") || path.ends_with(".ndjson") || path.ends_with(".json");
}
bool is_known_name(std::string_view path) {
  return is_json_name(path) || path.ends_with(".csv") || path.ends_with(".tsv") || path.ends_with(".txt");
}

class EventsPreset final : public Preset {
 public:
  EventsPreset(Reading reading, std::string adopted_zone, const events::Undeclared* undeclared);
  Result<void> open(Files& files, const std::vector<std::string>& paths);

  std::string_view source() const override { return "events"; }
  Currency currency() const override { return reading_.currency; }
  std::string adopted_zone() const override { return adopted_zone_; }
  const std::vector<FileState>& files() const override { return files_; }
  Result<bool> produce(Batch& batch, size_t rows) override;
  uint64_t bytes_done() const override;
  uint64_t bytes_total() const override { return total_; }

 private:
  struct Opened {
    std::variant<CsvFile, JsonFile> content;
    uint64_t size;
  };
  Result<void> add_file(Files& files, const std::string& path);
  Result<bool> read_one(CsvFile& file, Batch& batch);
  Result<bool> read_one(JsonFile& file, Batch& batch);
  void add(Batch& batch, const RowPlace& place, std::optional<Refusal> refusal, events::NewEvent event);

  Reading reading_;
  std::string adopted_zone_;
  std::vector<events::NewName> names_;  // of the row at hand
  std::vector<FileState> files_;
  std::vector<std::unique_ptr<Opened>> opened_;  // one a file; empty when it is read
  size_t at_ = 0;
  uint64_t done_ = 0, total_ = 0;
};

EventsPreset::EventsPreset(Reading reading, std::string adopted_zone, const events::Undeclared* undeclared)
    : reading_(std::move(reading)), adopted_zone_(std::move(adopted_zone)) {
  if (!undeclared) return;
  reading_.on_undeclared = [this, undeclared](std::string_view kind, std::string_view property,
                                              const json::Value& value) {
    if (undeclared->knows(kind, property)) return true;
    names_.push_back(events::Undeclared::name_of(property, value));
    return false;
  };
}

Result<void> EventsPreset::open(Files& files, const std::vector<std::string>& paths) {
  for (const FoundPath& found : TRY(expand_paths(files, paths)))
    if (!found.listed || is_known_name(found.path)) TRY(add_file(files, found.path));
  if (opened_.empty())
    return fail(Code::invalid, "{}: no file here ends in .csv, .tsv, .txt, .json, .jsonl or .ndjson", paths[0]);
  return {};
}

Result<void> EventsPreset::add_file(Files& files, const std::string& path) {
  TextSource source = TRY(open_text(files, path));
  Input input(source.file);
  std::string_view head = source.head;
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  head = trim(head);
  std::unique_ptr<Opened> opened;
  if (head.starts_with('[') && is_json_name(path))
    return fail(Code::invalid, "{}: this is one JSON list; write one object a line instead (jq -c '.[]' does it)",
                path);
  if (head.starts_with('{')) {
    opened =
        std::make_unique<Opened>(Opened{JsonFile{LineReader(std::move(input)), JsonEvents(reading_)}, source.size});
  } else {
    CsvReader reader = TRY(CsvReader::open(std::move(input), path));
    CsvEvents rows = TRY(CsvEvents::make(reader.header(), reading_, path));
    opened = std::make_unique<Opened>(Opened{CsvFile{std::move(reader), std::move(rows)}, source.size});
  }
  files_.push_back({path, Use::facts, "events"});
  total_ += source.size;
  opened_.push_back(std::move(opened));
  return {};
}

uint64_t EventsPreset::bytes_done() const {
  if (at_ >= opened_.size()) return total_;
  return done_ + std::visit([](const auto& file) { return file.reader.position(); }, opened_[at_]->content);
}

Result<bool> EventsPreset::produce(Batch& batch, size_t rows) {
  batch.events.reserve(rows);
  batch.rows.reserve(rows);
  batch.links.reserve(rows);
  while (at_ < opened_.size() && batch.rows.size() + batch.rejects.size() < rows) {
    bool more = TRY(std::visit([&](auto& file) { return read_one(file, batch); }, opened_[at_]->content));
    if (more) continue;
    done_ += opened_[at_]->size;
    opened_[at_++].reset();
  }
  return at_ < opened_.size();
}

void EventsPreset::add(Batch& batch, const RowPlace& place, std::optional<Refusal> refusal, events::NewEvent event) {
  ++files_[at_].read;
  std::vector<events::NewName> names = std::exchange(names_, {});
  if (refusal) {
    batch.rejects.push_back({place, std::move(refusal->column), std::move(refusal->reason)});
    return;
  }
  for (events::NewName& name : names) {
    name.event = static_cast<uint32_t>(batch.events.size());
    batch.names.push_back(std::move(name));
  }
  batch.links.push_back({static_cast<uint32_t>(batch.events.size()), static_cast<uint32_t>(batch.rows.size())});
  batch.events.push_back(std::move(event));
  batch.rows.push_back(place);
}

Result<bool> EventsPreset::read_one(CsvFile& file, Batch& batch) {
  CsvRow row;
  Got got = TRY(file.reader.next(row));
  if (got == Got::end) return false;
  events::NewEvent event;
  std::optional<Refusal> refusal;
  if (got == Got::row) {
    refusal = file.events.read(row, event);
  } else {
    const auto& header = file.reader.header();
    bool named = row.column > 0 && row.column <= header.size();
    refusal = Refusal{named ? header[row.column - 1] : "", std::string(row.reason)};
  }
  RowPlace place{static_cast<uint32_t>(at_), row.length, row.line, row.offset};
  add(batch, place, std::move(refusal), std::move(event));
  files_[at_].converted = file.reader.rows_converted();
  return true;
}

Result<bool> EventsPreset::read_one(JsonFile& file, Batch& batch) {
  Line line;
  if (!TRY(file.reader.next(line))) return false;
  events::NewEvent event;
  std::optional<Refusal> refusal;
  if (line.too_long) refusal = Refusal{"", "it is longer than 1 MiB"};
  else refusal = file.events.read(line.text, event);
  RowPlace place{static_cast<uint32_t>(at_), static_cast<uint32_t>(line.text.size()), line.number, line.offset};
  add(batch, place, std::move(refusal), std::move(event));
  return true;
}

}  // namespace

Result<std::unique_ptr<Preset>> open_events(Files& files, const PresetOptions& options) {
  Reading reading;
  reading.currency = TRY(choose_currency(options, options.brand.currency));
  reading.zone = TRY(choose_zone(options, options.brand.zone_name.empty() ? "UTC" : options.brand.zone_name));
  reading.columns = options.columns;
  auto preset = std::make_unique<EventsPreset>(std::move(reading), options.zone.value_or(""), options.undeclared);
  TRY(preset->open(files, options.paths));
  return std::unique_ptr<Preset>(std::move(preset));
}

}  // namespace cairn::import
