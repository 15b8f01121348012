#include "report/draw.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "i18n/words.h"
#include "report/canvas.h"
#include "report/figures.h"

namespace cairn::report {
namespace {

// The top stone is as wide as the longest name needs, each one below four columns wider.
constexpr size_t kTopStone = 16;
constexpr size_t kWiden = 4;
constexpr size_t kBaseStone = kTopStone + 5 * kWiden;
constexpr size_t kStepsShown = 5;

class Drawing {
 public:
  Drawing(const Report& report, const TerminalOptions& options)
      : r_(report),
        words_(i18n::Words::in(options.language)),
        pen_(options.colour),
        width_(static_cast<size_t>(std::clamp(options.width, 80, 100))) {
    if (auto currency = Currency::parse(report.money.currency)) currency_ = *currency;
  }

  std::string draw() {
    heading();
    if (r_.period.first_event) {
      pyramid();
      next();
      lateness();
      measures();
      money();
    }
    counts();
    return std::move(out_);
  }

 private:
  std::string word(std::string_view key, i18n::Args args = {}) const {
    return words_.text(fmt::format("report.{}", key), args);
  }
  std::string money_of(double major) const { return bare(words_, measures::Unit::money, major, currency_); }
  /// For narrow columns: no minor units.
  std::string short_money(double major) const {
    if (!currency_.is_set()) return words_.number(major, 0);
    std::string text = money_of(std::round(major));
    std::string cents = words_.language() == i18n::Language::fr ? "," : ".";
    cents += std::string(static_cast<size_t>(currency_.digits()), '0');
    size_t at = text.rfind(cents);
    if (currency_.digits() > 0 && at != text.npos) text.erase(at, cents.size());
    return text;
  }
  void line(std::string_view text = {}) {
    while (text.ends_with(' ')) text.remove_suffix(1);
    out_.append(text) += '\n';
  }
  void title(std::string_view text) {
    line();
    line(pen_(Ink::bold, text));
  }

  void heading() {
    line(pen_(Ink::bold, word("title", {{"name", r_.brand.name}})));
    out_ += wrapped(r_.period.sentence, width_, 0);
  }

  void pyramid() {
    line();
    line(pen_(Ink::dim, std::string(kBaseStone + 3, ' ') + right(word("pyramid.score"), 14) +
                            right(word("pyramid.customers"), 10) + right(word("pyramid.value"), 14)));
    for (size_t i = r_.pyramid.levels.size(); i-- > 0;) stone(r_.pyramid.levels[i]);
    line(" ╰" + repeated("─", kBaseStone - 2) + "╯");
    beside("fragile", r_.pyramid.fragile);
    beside("away", r_.pyramid.away);
    beside("unplaced", r_.pyramid.unplaced);
    line();
    std::string text = r_.pyramid.sentence;
    if (r_.pyramid.low && r_.pyramid.high)
      text += " " + word("altitude.interval",
                         {{"low", words_.number(*r_.pyramid.low, 2)}, {"high", words_.number(*r_.pyramid.high, 2)}});
    for (const std::string& one : lines_of(wrapped(text, width_, 0))) line(pen_(Ink::bold, one));
  }

  static std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> out;
    for (std::string_view one : split(text, '\n'))
      if (!one.empty()) out.emplace_back(one);
    return out;
  }

  void stone(const LevelPart& l) {
    size_t steps = 6 - static_cast<size_t>(l.level);
    size_t wide = kTopStone + steps * kWiden;
    std::string margin(1 + (kBaseStone - wide) / 2, ' ');
    std::string edge =
        steps == 0 ? "╭" + repeated("─", wide - 2) + "╮" : "╭─┴" + repeated("─", wide - kWiden - 2) + "┴─╮";
    line(margin + edge);
    std::string name = fmt::format("{} {}", l.level, l.name);
    Ink ink = l.score ? ink_of(*l.score) : Ink::dim;
    std::string gap(kBaseStone + 3 - length(margin) - wide, ' ');
    line(margin + "│" + pen_(ink, centred(name, wide - 2)) + "│" + gap + figures(l, ink));
  }

  std::string figures(const LevelPart& l, Ink ink) const {
    std::string score = l.score ? pen_(ink, bar(*l.score / 100, 10)) + right(words_.number(*l.score, 0), 4)
                                : pen_(ink, left(word("pyramid.unmeasured"), 14));
    if (l.customers == 0) return score;
    return score + right(words_.integer(l.customers), 10) + right(short_money(l.value), 14);
  }

  void beside(std::string_view what, const GroupPart& group) {
    if (group.customers == 0) return;
    std::string text = word(fmt::format("pyramid.{}", what));
    line(" " + pen_(Ink::dim, left(text, kBaseStone + 16)) + right(words_.integer(group.customers), 10) +
         right(short_money(group.value), 14));
  }

  void next() {
    title(word("next.title"));
    size_t shown = 0;
    for (const StepPart& s : r_.pyramid.next) {
      if (s.do_ == Do::improve && (shown >= kStepsShown || s.gain.value_or(0) < 0.005)) continue;
      ++shown;
      std::string head = s.do_ == Do::connect ? fmt::format("{} {} – ", s.level, s.name) : "";
      std::string text = wrapped(head + s.text, width_, 4);
      text.replace(0, 4, s.do_ == Do::connect ? "  + " : fmt::format("{:>2}. ", shown));
      out_ += text;
      if (s.customers.value_or(0) > 0)
        line(pen_(Ink::dim, "    " + words_.plural("report.next.stake", *s.customers,
                                                   {{"value", money_of(s.value.value_or(0))}})));
    }
  }

  void lateness() {
    bool has_orders = std::any_of(r_.lateness.groups.begin(), r_.lateness.groups.end(),
                                  [](const LatenessPart& p) { return p.orders > 0; });
    if (!has_orders) return;
    title(word("lateness.title"));
    line(pen_(Ink::dim, "  " + left("", 20) + right(word("lateness.orders"), 11) + right(word("lateness.answers"), 10) +
                            right(word("lateness.csat"), 11) + right(word("measures.interval"), 18) +
                            right(word("lateness.mean"), 8)));
    for (const LatenessPart& p : r_.lateness.groups) lateness_row(p);
    lateness_row(r_.lateness.before_delivery);
    out_ += wrapped(r_.lateness.sentence, width_, 2);
  }

  void lateness_row(const LatenessPart& p) {
    std::string row =
        "  " + left(p.name, 20) + right(words_.integer(p.orders), 11) + right(words_.integer(p.answers), 10);
    if (p.csat)
      row += right(words_.share(*p.csat), 11) + right(words_.share(*p.low) + " – " + words_.share(*p.high), 18) +
             right(words_.number(*p.mean, 2), 8);
    line(row);
  }

  void measures() {
    title(word("measures.title"));
    std::string untold;
    for (int64_t level = 1; level <= 7; ++level) {
      bool has_heading = false;
      for (const MeasurePart& m : r_.measures) {
        if (m.level.value_or(7) != level) continue;
        if (m.n == 0) {
          if (m.level) untold += (untold.empty() ? "" : "; ") + m.name;
          continue;
        }
        if (!std::exchange(has_heading, true)) line(pen_(Ink::dim, " " + heading_of(level)));
        measure(m);
      }
    }
    if (!untold.empty()) out_ += wrapped(word("measures.no_data", {{"names", untold}}), width_, 2);
  }

  std::string heading_of(int64_t level) const {
    if (level > 6) return word("measures.other");
    return fmt::format("{} {}", level, r_.pyramid.levels[static_cast<size_t>(level - 1)].name);
  }

  void measure(const MeasurePart& m) {
    if (!m.enough) {
      std::string text = word("measures.not_enough", {{"n", words_.integer(m.n)}, {"min", words_.integer(m.min_n)}});
      return line("  " + left(m.name, width_ - 50) + pen_(Ink::dim, " " + text));
    }
    std::string value = m.unit == measures::Unit::hours || m.unit == measures::Unit::days
                            ? in_unit(words_, m.unit, *m.value, currency_)
                            : bare(words_, m.unit, *m.value, currency_);
    std::string interval;
    if (m.low && m.high)
      interval = bare(words_, m.unit, *m.low, currency_) + " – " + bare(words_, m.unit, *m.high, currency_);
    // What is too long for its column (an amount in millions) takes from the name's.
    size_t value_columns = std::max<size_t>(9, length(value) + 1);
    size_t interval_columns =
        std::max(31 - std::min<size_t>(31, value_columns), interval.empty() ? 0 : length(interval) + 2);
    std::string row = "  " + left(m.name, width_ - 19 - value_columns - interval_columns);
    row += right(value, value_columns) + pen_(Ink::dim, right(interval, interval_columns));
    row += pen_(Ink::dim, right(m.unit != measures::Unit::count ? words_.integer(m.n) : "", 10));
    if (m.score) row += " " + pen_(ink_of(*m.score), bar(*m.score / 100, 5));
    line(row);
  }

  void money() {
    if (r_.money.paid_minor == 0) return;
    title(word("money.title"));
    auto row = [&](std::string_view key, double amount) {
      line("  " + left(word(fmt::format("money.{}", key)), 38) + right(money_of(amount), 20));
    };
    row("paid", r_.money.paid);
    row("cancelled", -r_.money.cancelled);
    row("refunded", -r_.money.refunded);
    row("revenue", r_.money.revenue);
    if (r_.money.unknown_currency > 0)
      out_ += wrapped(words_.plural("report.money.unknown", r_.money.unknown_currency), width_, 2);
  }

  void counts() {
    std::string text;
    for (const char* what :
         {"events", "customers", "orders", "deliveries", "late", "cancelled", "returns", "tickets", "answers",
          "comments", "reviews", "carts", "help_searches", "messages", "members", "set_apart"}) {
      auto it = r_.counts.find(what);
      if (it == r_.counts.end() || it->second == 0) continue;
      if (!text.empty()) text += ", ";
      text += words_.integer(it->second) + " " + word(fmt::format("counts.{}", what));
    }
    if (text.empty()) return;
    title(word("counts.title"));
    out_ += wrapped(text + ".", width_, 2);
  }

  const Report& r_;
  const i18n::Words& words_;
  Pen pen_;
  size_t width_;
  Currency currency_;
  std::string out_;
};

}  // namespace

std::string draw(const Report& report, const TerminalOptions& options) { return Drawing(report, options).draw(); }

}  // namespace cairn::report
