#include "app/draw_answer.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "app/grid.h"
#include "base/text.h"
#include "i18n/words.h"

namespace cairn::app {
namespace {

using i18n::Words;
using query::BaseType;
using query::Value;
using questions::Answer;
using questions::Column;
using questions::Table;
using questions::Unit;
using report::Ink;

constexpr size_t kBar = 20;
/// Columns that a break-down may make of its second dimension.
constexpr size_t kAcross = 8;
constexpr size_t kSampled = 5;

std::string moment_text(Time t, const Zone& zone) {
  int64_t local = zone.local(t).micros;
  Day day = zone.day(t);
  int64_t in_day = (local - int64_t{day.days} * days(1).micros) / minutes(1).micros;
  return in_day == 0 ? to_text(day) : fmt::format("{} {:02}:{:02}", to_text(day), in_day / 60, in_day % 60);
}

std::string number_text(double x, const Words& words) {
  if (x == std::floor(x)) return words.integer(std::llround(x));
  return words.number(x, std::abs(x) < 100 ? 2 : 1);
}

std::string text_of(const Value& value, const Column& column, const Zone& zone, const Words& words) {
  if (!value.is_known()) return "–";
  if (auto b = value.get<bool>()) return words.text(*b ? "app.yes" : "app.no");
  if (auto n = value.get<double>()) return column.unit == Unit::share ? words.share(*n) : number_text(*n, words);
  if (auto m = value.get<Money>()) return words.money(*m);
  if (auto s = value.get<std::string>()) return *s;
  if (auto t = value.get<Time>())
    return column.bucket ? questions::bucket_text(*column.bucket, *t, zone) : moment_text(*t, zone);
  if (auto d = value.get<Duration>()) return words.duration(*d);
  std::string out;
  for (const Value& item : value.as<Value::List>()) out += (out.empty() ? "" : " → ") + text_of(item, {}, zone, words);
  return out;
}

bool is_right(const Column& column) {
  return column.type == BaseType::number || column.type == BaseType::money || column.type == BaseType::duration;
}

/// What a column or a fact is called; what a query named keeps that name.
std::string name_of(std::string_view name, const Words& words) {
  std::string key = fmt::format("app.column.{}", name);
  return words.has(key) ? words.text(key) : std::string(name);
}

/// `as of 2026-06-30 (Europe/Paris)`
std::string as_of_text(bool as_known, Time as_of, const Zone& zone, const Words& words) {
  return words.text(as_known ? "app.as_known" : "app.as_of",
                    {{"moment", moment_text(as_of, zone)}, {"zone", zone.name()}});
}

double size_of(const Value& value) {
  if (auto n = value.get<double>()) return *n;
  if (auto m = value.get<Money>()) return static_cast<double>(m->minor);
  return 0;
}

class Drawing {
 public:
  Drawing(const Answer& answer, const DrawOptions& options)
      : a_(answer), o_(options), w_(Words::in(options.language)), pen_(options.colour) {}

  std::string draw() {
    heading();
    if (const Table* table = a_.tables.empty() ? nullptr : &a_.tables[0]; !table) facts();
    else if (table->name == "customers") selected(*table);
    else if (table->name == "series") series(*table);
    else if (table->name == "funnel") funnel(*table);
    else if (table->name == "retention") retention(*table);
    else if (table->name == "ways") ways(*table);
    else {
      facts();
      if (table->size() > 0 || a_.facts.empty()) plain(*table);
    }
    if (const Table* moments = a_.find("moments")) {
      out_ += "\n";
      plain(*moments);
    }
    return std::move(out_);
  }

 private:
  void heading() {
    std::string text = report::wrapped(a_.text, o_.width, 0);
    for (std::string_view line : split(text, '\n'))
      if (!line.empty()) out_ += pen_(Ink::bold, line) + "\n";
    out_ += pen_(Ink::dim, as_of_text(a_.as_known, a_.as_of, a_.zone, w_)) + "\n\n";
  }

  std::string text(const Value& value, const Column& column) const { return text_of(value, column, a_.zone, w_); }
  std::string fact(std::string_view name) const {
    for (const questions::Fact& f : a_.facts)
      if (f.column.name == name) return text(f.value, f.column);
    return "–";
  }

  int64_t count_of(std::string_view name) const {
    const Value* found = a_.fact(name);
    return found && found->is<double>() ? std::llround(found->as<double>()) : 0;
  }

  void facts() {
    size_t names = 0, values = 0;
    for (const questions::Fact& f : a_.facts) {
      names = std::max(names, length(name_of(f.column.name, w_)));
      values = std::max(values, length(text(f.value, f.column)));
    }
    for (const questions::Fact& f : a_.facts)
      out_ += fmt::format("  {}  {}\n", report::left(name_of(f.column.name, w_), names),
                          report::right(text(f.value, f.column), values));
    if (!a_.facts.empty() && !a_.tables.empty() && a_.tables[0].size() > 0) out_ += "\n";
  }

  void selected(const Table& table) {
    out_ +=
        "  " + w_.plural("app.selected", count_of("customers"), {{"of", fact("of")}, {"share", fact("share")}}) + "\n";
    if (const Value* share = a_.fact("share"); share && share->is_known())
      out_ += "  " + report::bar(share->as<double>(), 2 * kBar) + "\n";
    std::string sample;
    for (size_t i = 0; i < std::min(kSampled, table.size()); ++i)
      sample += (i > 0 ? ", " : "") + std::to_string(table.customers[i].value);
    if (!sample.empty()) out_ += pen_(Ink::dim, "  " + w_.text("app.example", {{"ids", sample}})) + "\n";
  }

  std::string nothing(std::string_view key) const { return "  " + w_.text(key) + "\n"; }

  void more(size_t shown, size_t all) {
    if (shown == all) return;
    std::string left = w_.integer(static_cast<int64_t>(all - shown));
    out_ += pen_(Ink::dim, "  " + w_.text("app.more", {{"n", left}})) + "\n";
  }

  std::vector<std::string> cells(const Table& table, size_t row) const {
    std::vector<std::string> out;
    if (row < table.customers.size()) out.push_back(std::to_string(table.customers[row].value));
    size_t told = out.size();
    for (size_t i = 0; row < table.rows.size() && i < table.rows[row].size(); ++i)
      out.push_back(text(table.rows[row][i], table.columns[i + told]));
    return out;
  }

  void plain(const Table& table) {
    Grid grid;
    for (const Column& column : table.columns)
      // The ends of delays are in the other forms: a terminal has no room for them.
      if (column.name != "delay_min" && column.name != "delay_max")
        grid.column(name_of(column.name, w_), is_right(column) ? Grid::Side::right : Grid::Side::left);
    size_t shown = std::min(o_.rows, table.size());
    for (size_t row = 0; row < shown; ++row) {
      auto line = cells(table, row);
      line.resize(grid.columns());
      grid.row(std::move(line));
    }
    out_ += table.size() == 0 ? nothing("app.nothing") : grid.draw(o_.width, pen_);
    more(shown, table.size());
  }

  void ways(const Table& table) {
    facts();
    std::string heads = fmt::format("  {}  {}  {}", report::right(name_of("customers", w_), 9),
                                    report::right(name_of("share", w_), 6), name_of("way", w_));
    out_ += pen_(Ink::dim, heads) + "\n";
    size_t shown = std::min(o_.rows, table.size());
    for (size_t row = 0; row < shown; ++row) {
      auto line = cells(table, row);
      std::string way = report::wrapped(line[0], o_.width, 21);
      out_ += fmt::format("  {}  {}  {}", report::right(line[1], 9), report::right(line[2], 6), way.substr(21));
    }
    more(shown, table.size());
  }

  // ---- series ----

  void series(const Table& table) {
    size_t keys = table.columns.size() - 3;
    if (keys == 2 && across(table)) return;
    bool skips = std::any_of(table.rows.begin(), table.rows.end(), [&](auto& r) { return size_of(r[keys + 2]) > 0; });
    double most = 0;
    bool has_bars = keys > 0;
    for (const auto& row : table.rows) {
      most = std::max(most, size_of(row[keys]));
      has_bars = has_bars && size_of(row[keys]) >= 0 && !row[keys].is<Time>();
    }
    has_bars = has_bars && most > 0;
    Grid grid;
    for (size_t i = 0; i < table.columns.size() - (skips ? 0 : 1); ++i) {
      grid.column(name_of(table.columns[i].name, w_),
                  is_right(table.columns[i]) ? Grid::Side::right : Grid::Side::left);
      if (i == keys && has_bars) grid.column("");
    }
    size_t shown = std::min(std::max<size_t>(o_.rows, 40), table.size());
    for (size_t row = 0; row < shown; ++row) {
      std::vector<std::string> line = cells(table, row);
      if (!skips) line.pop_back();
      if (has_bars)
        line.insert(line.begin() + static_cast<std::ptrdiff_t>(keys) + 1,
                    thin_bar(size_of(table.rows[row][keys]) / most));
      grid.row(std::move(line));
    }
    out_ += table.size() == 0 ? nothing("app.nothing") : grid.draw(o_.width, pen_);
    more(shown, table.size());
  }

  static std::string thin_bar(double share) {
    return report::repeated("█", static_cast<size_t>(std::lround(share * static_cast<double>(kBar))));
  }

  /// The second dimension as columns, when there are few values of it.
  bool across(const Table& table) {
    std::vector<std::string> heads;
    std::vector<std::pair<std::string, std::map<std::string, std::string>>> lines;
    for (const auto& row : table.rows) {
      std::string down = text(row[0], table.columns[0]), head = text(row[1], table.columns[1]);
      if (std::find(heads.begin(), heads.end(), head) == heads.end()) heads.push_back(head);
      if (heads.size() > kAcross) return false;
      if (lines.empty() || lines.back().first != down) lines.push_back({down, {}});
      lines.back().second[head] = text(row[2], table.columns[2]);
    }
    std::sort(heads.begin(), heads.end());
    Grid grid;
    grid.column(name_of(table.columns[0].name, w_));
    for (const std::string& head : heads) grid.column(head, Grid::Side::right);
    for (auto& [down, values] : lines) {
      std::vector<std::string> cells = {down};
      for (const std::string& head : heads) cells.push_back(values.count(head) ? values[head] : "");
      grid.row(std::move(cells));
    }
    out_ += lines.empty() ? nothing("app.nothing") : grid.draw(o_.width, pen_);
    return true;
  }

  // ---- funnel, retention ----

  void funnel(const Table& table) {
    size_t keys = table.columns.size() - 8;
    Grid grid;
    if (keys > 0) grid.column(name_of(table.columns[0].name, w_) + (keys > 1 ? ", …" : ""));
    grid.column(name_of("step", w_));
    grid.column(name_of("customers", w_), Grid::Side::right);
    grid.column("");
    grid.column(name_of("of_start", w_), Grid::Side::right);
    grid.column(name_of("of_previous", w_), Grid::Side::right);
    grid.column(name_of("delay_median", w_), Grid::Side::right);
    size_t shown = std::min(std::max<size_t>(o_.rows, 40), table.size());
    for (size_t row = 0; row < shown; ++row) {
      const auto& cells = table.rows[row];
      auto cell = [&](size_t i) { return text(cells[keys + i], table.columns[keys + i]); };
      bool is_first = size_of(cells[keys]) == 1;
      std::vector<std::string> line;
      if (keys > 0) line.push_back(is_first ? group_values(table, row, keys) : "");
      double share = cells[keys + 3].is_known() ? cells[keys + 3].as<double>() : 0;
      line.insert(line.end(),
                  {cell(1), cell(2), report::bar(share, 8), cell(3), is_first ? "" : cell(4), is_first ? "" : cell(6)});
      grid.row(std::move(line));
    }
    out_ += table.size() == 0 ? nothing("app.nobody") : grid.draw(o_.width, pen_);
    more(shown, table.size());
  }

  std::string group_values(const Table& table, size_t row, size_t keys) const {
    std::string out;
    for (size_t i = 0; i < keys; ++i) out += (i > 0 ? ", " : "") + text(table.rows[row][i], table.columns[i]);
    return out;
  }

  void retention(const Table& table) {
    size_t keys = table.columns.size() - 4;
    std::vector<std::pair<std::string, std::vector<size_t>>> cohorts;
    for (size_t row = 0; row < table.size(); ++row) {
      if (size_of(table.rows[row][keys]) == 0) cohorts.push_back({group_values(table, row, keys), {}});
      cohorts.back().second.push_back(row);
    }
    size_t periods = 0;
    for (auto& [name, rows] : cohorts) periods = std::max(periods, rows.size());
    size_t fits = o_.width > 30 ? (o_.width - 24) / 8 : 1;
    periods = std::min(periods, fits);
    Grid grid;
    grid.column(keys > 0 ? name_of(table.columns[0].name, w_) : "");
    grid.column(name_of("customers", w_), Grid::Side::right);
    for (size_t i = 0; i < periods; ++i) grid.column(std::to_string(i), Grid::Side::right);
    for (auto& [name, rows] : cohorts) {
      std::vector<std::string> line = {name, text(table.rows[rows[0]][keys + 1], table.columns[keys + 1])};
      for (size_t i = 0; i < periods; ++i)
        line.push_back(i < rows.size() ? text(table.rows[rows[i]][keys + 3], table.columns[keys + 3]) : "");
      grid.row(std::move(line));
    }
    out_ += cohorts.empty() ? nothing("app.nobody") : grid.draw(o_.width, pen_);
  }

  const Answer& a_;
  const DrawOptions& o_;
  const Words& w_;
  report::Pen pen_;
  std::string out_;
};

constexpr size_t kEventsShown = 5;

}  // namespace

std::string draw_answer(const Answer& answer, const DrawOptions& options) { return Drawing(answer, options).draw(); }

std::string draw_one(const questions::OneAnswer& answer, const Zone& zone, const DrawOptions& options) {
  const Words& words = Words::in(options.language);
  report::Pen pen(options.colour);
  std::string out = pen(Ink::bold, answer.text) + "\n";
  out += pen(Ink::dim, words.text("app.of_customer", {{"id", std::to_string(answer.customer.value)}}) + ", " +
                           as_of_text(answer.as_known, answer.as_of, zone, words));
  out += fmt::format("\n\n  {}\n", pen(Ink::bold, query::to_text(answer.value)));
  if (answer.skipped > 0) out += "  " + words.plural("app.skipped", answer.skipped) + "\n";
  out += "  " +
         (answer.valid_until ? words.text("app.holds_until", {{"moment", to_rfc3339(*answer.valid_until)}})
                             : words.text("app.holds")) +
         "\n";
  if (!answer.why.empty()) out += "\n";
  for (const questions::Why& why : answer.why) {
    out += fmt::format("  {} = {}\n", why.text, query::to_text(why.value));
    size_t first = why.events.size() > kEventsShown ? why.events.size() - kEventsShown : 0;
    if (first > 0 || why.event_count > why.events.size())
      out += pen(Ink::dim, "      " +
                               words.text("app.before", {{"n", words.integer(static_cast<int64_t>(
                                                                   why.event_count - (why.events.size() - first)))}}) +
                               "\n");
    for (size_t i = first; i < why.events.size(); ++i)
      out += pen(Ink::dim,
                 fmt::format("      {} {} ({})\n", moment_text(why.events[i].occurred_at, zone), why.events[i].kind,
                             words.text("app.row", {{"n", std::to_string(why.events[i].seq.value)}})));
  }
  return out;
}

}  // namespace cairn::app
