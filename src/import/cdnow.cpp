// The preset `cdnow`: purchases of a music shop, columns between blanks. Rules: docs/reference/import.md.
#include <charconv>

#include "base/text.h"
#include "import/lines.h"
#include "import/object_text.h"
#include "import/occurrences.h"
#include "import/preset.h"

namespace cairn::import {
namespace {

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> out;
  for (size_t at = 0; (at = line.find_first_not_of(" \t", at)) != line.npos;) {
    size_t end = std::min(line.find_first_of(" \t", at), line.size());
    out.push_back(line.substr(at, end - at));
    at = end;
  }
  return out;
}

bool is_digits(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == text.npos; }

/// Which of the two files a line is of, by its number of columns; 0 when it is of none.
size_t columns_of(std::string_view line) {
  auto words = words_of(line);
  if ((words.size() != 4 && words.size() != 5) || !is_digits(words[0])) return 0;
  return is_digits(words[words.size() - 3]) && words[words.size() - 3].size() == 8 ? words.size() : 0;
}

class CdnowPreset final : public Preset {
 public:
  CdnowPreset(Currency currency, Zone zone) : currency_(currency), zone_(zone) {}
  Result<void> open(Files& files, const std::vector<std::string>& paths);

  std::string_view source() const override { return "cdnow"; }
  Currency currency() const override { return currency_; }
  std::string adopted_zone() const override { return std::string(zone_.name()); }
  const std::vector<FileState>& files() const override { return files_; }
  Result<bool> produce(Batch& batch, size_t rows) override;
  uint64_t bytes_done() const override { return done_ + (at_ < opened_.size() ? opened_[at_].reader.position() : 0); }
  uint64_t bytes_total() const override { return total_; }

 private:
  struct Opened {
    LineReader reader;
    uint32_t file;
    size_t columns;
    bool header;
    uint64_t size;
  };
  struct Row {
    std::string_view customer, sample, date, units, dollars;
  };
  Result<void> add_file(Files& files, const FoundPath& found);
  void make(Batch& batch, Opened& opened, const Line& line);

  Currency currency_;
  Zone zone_;
  std::vector<FileState> files_;
  std::vector<Opened> opened_;
  size_t at_ = 0;
  uint64_t done_ = 0, total_ = 0;
  Occurrences occurrences_;  // of the file in hand
};

Result<void> CdnowPreset::open(Files& files, const std::vector<std::string>& paths) {
  for (const FoundPath& found : TRY(expand_paths(files, paths))) TRY(add_file(files, found));
  if (opened_.empty())
    return fail(Code::invalid, "{}: neither CDNOW_master.txt nor CDNOW_sample.txt is here", paths[0]);
  return {};
}

Result<void> CdnowPreset::add_file(Files& files, const FoundPath& found) {
  if (found.listed && !found.path.ends_with(".txt")) return {};
  TextSource source = TRY(open_text(files, found.path));
  LineReader probe(Input(source.file));
  Line line;
  bool any = TRY(probe.next(line));
  bool header = any && words_of(line.text).size() == 4 && words_of(line.text)[0] == "customer_id";
  if (header) any = TRY(probe.next(line));
  size_t columns = any ? columns_of(line.text) : 0;
  if (columns == 0 && found.listed) {
    files_.push_back({found.path, Use::not_used, "not a file of CDNOW"});
    return {};
  }
  if (columns == 0)
    return fail(Code::invalid,
                "{}, line {}: this is no purchase; needed are the columns customer, (sample number,) "
                "date as 19970118, number of CDs, dollars, between blanks",
                found.path, line.number);
  auto file = static_cast<uint32_t>(files_.size());
  files_.push_back({found.path, Use::facts, columns == 4 ? "purchases" : "purchases of the sample"});
  total_ += source.size;
  opened_.push_back({LineReader(Input(source.file)), file, columns, header, source.size});
  return {};
}

Result<bool> CdnowPreset::produce(Batch& batch, size_t rows) {
  Line line;
  while (at_ < opened_.size() && batch.rows.size() + batch.rejects.size() < rows) {
    Opened& opened = opened_[at_];
    if (!TRY(opened.reader.next(line))) {
      done_ += opened.size;
      ++at_;
      occurrences_ = {};
    } else if (!std::exchange(opened.header, false)) {
      make(batch, opened, line);
    }
  }
  return at_ < opened_.size();
}

void CdnowPreset::make(Batch& batch, Opened& opened, const Line& line) {
  ++files_[opened.file].read;
  RowPlace place{opened.file, static_cast<uint32_t>(line.text.size()), line.number, line.offset};
  auto words = words_of(line.text);
  auto reject = [&](std::string column, std::string reason) {
    batch.rejects.push_back({place, std::move(column), std::move(reason)});
  };
  if (words.size() != opened.columns)
    return reject("", fmt::format("it has {} columns where the others have {}", words.size(), opened.columns));
  size_t sample = opened.columns == 5;
  Row row{words[0], sample ? words[1] : "", words[1 + sample], words[2 + sample], words[3 + sample]};
  auto date =
      row.date.size() == 8 ? parse_time(row.date) : fail(Code::invalid, "'{}' is not a day like 19970118", row.date);
  if (!date) return reject("date", date.error().message);
  auto minor = parse_minor(row.dollars, currency_);
  if (!minor) return reject("dollar_value", minor.error().message);
  if (!is_digits(row.units))
    return reject("number_of_cds", fmt::format("'{}' is not a whole number", excerpt(row.units, 40)));

  // Without the sample's own number: a purchase is the same in both files.
  std::string id = fmt::format("{}-{}-{}-{}", row.customer, row.date, row.units, to_decimal(*minor, currency_));
  if (uint32_t n = occurrences_.next(hash_row(id, 0)); n > 1) id += fmt::format("#{}", n);
  ObjectText properties;
  properties.text("order_id", id);
  properties.text("currency", currency_.code());
  properties.money("total", *minor, currency_);
  properties.money("revenue", *minor, currency_);
  properties.raw("units", std::to_string(std::strtoull(std::string(row.units).c_str(), nullptr, 10)));
  events::NewEvent event;
  event.kind = "Order Completed";
  event.occurred_at = zone_.start_of(Day{static_cast<int32_t>(date->micros / days(1).micros)});
  event.source_key = std::move(id);
  event.identifiers.push_back({"user_id", std::string(row.customer)});
  if (sample) event.identifiers.push_back({"external:cdnow_sample_id", std::string(row.sample)});
  event.properties = properties.take();
  batch.links.push_back({static_cast<uint32_t>(batch.events.size()), static_cast<uint32_t>(batch.rows.size())});
  batch.events.push_back(std::move(event));
  batch.rows.push_back(place);
}

}  // namespace

Result<std::unique_ptr<Preset>> open_cdnow(Files& files, const PresetOptions& options) {
  Currency currency = TRY(choose_currency(options, TRY(Currency::parse("USD"))));
  // The shop's own zone unless the brand has one: a day then stays the same day in every report.
  std::string zone = options.brand.zone_name.empty() ? "America/New_York" : options.brand.zone_name;
  auto preset = std::make_unique<CdnowPreset>(currency, TRY(choose_zone(options, zone)));
  TRY(preset->open(files, options.paths));
  return std::unique_ptr<Preset>(std::move(preset));
}

}  // namespace cairn::import
