#include <cmath>

#include "base/text.h"
#include "i18n/words.h"
#include "report/figures.h"
#include "report/report.h"
#include "stats/estimate.h"

namespace cairn::report {
namespace {

using i18n::Words;

class Composer {
 public:
  Composer(const measures::Picture& picture, const events::Brand& brand, i18n::Language language)
      : picture_(picture), brand_(brand), words_(Words::in(language)) {}

  Report compose() const {
    Report out;
    out.brand = {brand_.name, std::string(brand_.currency.code()), std::string(brand_.zone().name())};
    out.period = period();
    out.counts = picture_.counts;
    out.money = money();
    for (const measures::Figure& f : picture_.figures) out.measures.push_back(measure(f));
    out.pyramid = pyramid();
    out.lateness = lateness();
    return out;
  }

 private:
  double major(int64_t minor) const {
    int digits = brand_.currency.is_set() ? brand_.currency.digits() : 2;
    return static_cast<double>(minor) / std::pow(10, digits);
  }

  std::string day(Time at) const { return words_.date(brand_.zone().day(at)); }

  PeriodPart period() const {
    const measures::Period& p = picture_.period;
    PeriodPart out{p.since, p.until, p.until_is, p.first_event, p.newest_event, {}};
    std::string until = day(p.until - microseconds(1));
    std::string ending = p.until_is == measures::UntilIs::newest_event ? "_to_newest" : "";
    if (!p.first_event) out.sentence = words_.text("report.period.empty");
    else
      out.sentence =
          words_.text("report.period" + ending, {{"since", day(p.since.value_or(*p.first_event))}, {"until", until}});
    return out;
  }

  MoneyPart money() const {
    const measures::MoneyFigures& m = picture_.money;
    MoneyPart out;
    out.currency = brand_.currency.code();
    out.paid = major(out.paid_minor = m.paid_minor);
    out.cancelled = major(out.cancelled_minor = m.cancelled_minor);
    out.refunded = major(out.refunded_minor = m.refunded_minor);
    out.revenue = major(out.revenue_minor = m.revenue_minor);
    out.unknown_currency = m.in_other_currency;
    return out;
  }

  MeasurePart measure(const measures::Figure& f) const {
    const measures::Definition& d = measures::definition(f.key);
    MeasurePart out;
    out.key = d.name;
    out.name = name_of(f.key);
    out.definition = words_.text(fmt::format("measures.{}.definition", d.name));
    out.unit = d.unit;
    out.direction = d.direction;
    out.value = f.value;
    out.n = f.n;
    out.min_n = d.min_n;
    out.enough = f.is_enough;
    out.low = f.low;
    out.high = f.high;
    if (d.has_level()) {
      out.level = d.level;
      out.weight = d.weight;
      out.floor = d.floor;
      out.target = d.target;
      out.score = f.score;
    }
    for (const measures::MonthFigure& m : f.trend) out.trend.push_back({m.month, m.n, m.value, m.low, m.high});
    out.parts = f.parts;
    return out;
  }

  std::string name_of(measures::Key key) const {
    return words_.text(fmt::format("measures.{}.name", measures::definition(key).name));
  }
  std::string level_word(int level, std::string_view what) const {
    return words_.text(fmt::format("measures.level.{}.{}", level, what));
  }

  PyramidPart pyramid() const {
    const measures::Pyramid& p = picture_.pyramid;
    PyramidPart out;
    out.altitude = p.altitude;
    out.low = p.low;
    out.high = p.high;
    out.measured = p.measured;
    for (const measures::Level& l : p.levels) out.levels.push_back(level(l));
    out.fragile = group(picture_.fragile);
    out.away = group(picture_.away);
    out.unplaced = group(picture_.unplaced);
    out.sentence = altitude_sentence();
    for (const measures::Step& s : p.next) out.next.push_back(step(s));
    return out;
  }

  LevelPart level(const measures::Level& l) const {
    LevelPart out{l.level,     level_word(l.level, "name"), level_word(l.level, "promise"),
                  l.score,     l.weight_measured,           {},
                  l.customers, major(l.value_minor)};
    for (measures::Key key : l.measures) out.measures.emplace_back(measures::definition(key).name);
    return out;
  }

  GroupPart group(const measures::Group& g) const { return {g.customers, major(g.value_minor)}; }

  std::string altitude_sentence() const {
    const measures::Pyramid& p = picture_.pyramid;
    std::string missing;
    for (const measures::Level& l : p.levels) {
      if (l.score) continue;
      if (!missing.empty()) missing += ", ";
      missing += level_word(l.level, "name");
    }
    if (p.measured == 0) return words_.text("report.altitude.none");
    std::string altitude = words_.number(p.altitude, 1);
    std::string key = missing.empty() ? "report.altitude.all" : "report.altitude.some";
    return words_.plural(key, p.measured, {{"altitude", altitude}, {"missing", missing}});
  }

  StepPart step(const measures::Step& s) const {
    StepPart out;
    out.level = s.level;
    if (s.kind == measures::Step::Kind::connect) {
      out.do_ = Do::connect;
      out.name = level_word(s.level, "name");
      out.text = level_word(s.level, "connect");
      return out;
    }
    const measures::Definition& d = measures::definition(*s.measure);
    out.measure = std::string(d.name);
    out.name = name_of(*s.measure);
    out.from = s.from;
    out.to = s.to;
    out.gain = s.gain;
    out.customers = s.customers;
    if (s.value_minor) out.value = major(*s.value_minor);
    out.text = words_.text("report.next.improve", {{"measure", out.name},
                                                   {"from", in_unit(words_, d.unit, *s.from, brand_.currency)},
                                                   {"to", in_unit(words_, d.unit, *s.to, brand_.currency)},
                                                   {"gain", words_.number(*s.gain, 2)}});
    return out;
  }

  LatenessPart lateness_part(const std::string& group, const measures::LatenessGroup& g) const {
    LatenessPart out;
    out.group = group;
    out.name = words_.text("report.lateness." + group);
    out.orders = g.orders;
    out.answers = g.csat.n;
    if (g.csat.n == 0) return out;
    auto interval = stats::wilson(g.csat);
    out.csat = interval.value;
    out.low = interval.low;
    out.high = interval.high;
    out.mean = g.scores.mean();
    return out;
  }

  LatenessSection lateness() const {
    LatenessSection out;
    const measures::Lateness& l = picture_.lateness;
    for (std::string group : {"on_time", "late", "never_delivered"})
      out.groups.push_back(lateness_part(group, l.groups[out.groups.size()]));
    out.before_delivery = lateness_part("before_delivery", l.before_delivery);
    const LatenessPart &good = out.groups[0], &late = out.groups[1], &never = out.groups[2];
    if (!good.csat || !late.csat) {
      out.sentence = words_.text("report.lateness.too_few");
      return out;
    }
    out.sentence = words_.text("report.lateness.sentence",
                               {{"late", words_.share(*late.csat)}, {"on_time", words_.share(*good.csat)}});
    if (never.csat)
      out.sentence += " " + words_.text("report.lateness.never_sentence", {{"never", words_.share(*never.csat)}});
    return out;
  }

  const measures::Picture& picture_;
  const events::Brand& brand_;
  const Words& words_;
};

}  // namespace

const MeasurePart* Report::find(std::string_view key) const {
  for (const MeasurePart& m : measures)
    if (m.key == key) return &m;
  return nullptr;
}

Report compose(const measures::Picture& picture, const events::Brand& brand, i18n::Language language) {
  return Composer(picture, brand, language).compose();
}

}  // namespace cairn::report
