#include <algorithm>
#include <cmath>

#include "judge/evaluator.h"

namespace cairn::judge {
namespace {

using query::BaseType;
using query::Word;

bool fits(__int128 x) { return x <= INT64_MAX && x >= INT64_MIN; }

Value money(__int128 minor, Currency currency) {
  return fits(minor) && currency.is_set() ? Value(Money{static_cast<int64_t>(minor), currency}) : Value();
}
Value duration(__int128 micros) { return fits(micros) ? Value(Duration{static_cast<int64_t>(micros)}) : Value(); }

/// Years 1 to 9999.
Value time(__int128 micros) {
  static const int64_t first = parse_time("0001-01-01T00:00:00Z")->micros;
  static const int64_t last = parse_time("9999-12-31T23:59:59.999999Z")->micros;
  return micros >= first && micros <= last ? Value(Time{static_cast<int64_t>(micros)}) : Value();
}

/// To a whole number, half away from zero; nothing when it does not fit 64 bits.
std::optional<int64_t> whole(double x) {
  double rounded = std::round(x);
  if (!(std::fabs(rounded) < 9223372036854775808.0)) return std::nullopt;
  return static_cast<int64_t>(rounded);
}

Value scaled(const Value& quantity, double by, bool divide) {
  const Money* amount = quantity.get<Money>();
  const Duration* span = quantity.get<Duration>();
  if (!amount && !span) return {};
  double x = static_cast<double>(amount ? amount->minor : span->micros);
  auto result = whole(divide ? x / by : x * by);
  if (!result) return {};
  return amount ? Value(Money{*result, amount->currency}) : Value(Duration{*result});
}

Value add(const Value& a, const Value& b, int sign) {
  const double *x = a.get<double>(), *y = b.get<double>();
  if (x && y) return sign > 0 ? *x + *y : *x - *y;
  const Money *m = a.get<Money>(), *n = b.get<Money>();
  if (m && n) {
    if (m->currency != n->currency) return {};
    return money(static_cast<__int128>(m->minor) + static_cast<__int128>(n->minor) * sign, m->currency);
  }
  const Duration *d = a.get<Duration>(), *e = b.get<Duration>();
  const Time *t = a.get<Time>(), *u = b.get<Time>();
  auto sum = [&](int64_t p, int64_t q) { return static_cast<__int128>(p) + static_cast<__int128>(q) * sign; };
  if (d && e) return duration(sum(d->micros, e->micros));
  if (t && e) return time(sum(t->micros, e->micros));
  if (d && u && sign > 0) return time(sum(d->micros, u->micros));
  if (t && u && sign < 0) return duration(sum(t->micros, u->micros));
  return {};
}

Value multiply(const Value& a, const Value& b) {
  const double *x = a.get<double>(), *y = b.get<double>();
  if (x && y) return *x * *y;
  if (y) return scaled(a, *y, false);
  return x ? scaled(b, *x, false) : Value();
}

Value divide(const Value& a, const Value& b) {
  const double *x = a.get<double>(), *y = b.get<double>();
  if (y && *y == 0) return {};
  if (x && y) return *x / *y;
  if (y) return scaled(a, *y, true);
  const Money *m = a.get<Money>(), *n = b.get<Money>();
  if (m && n && m->currency == n->currency && n->minor != 0)
    return static_cast<double>(m->minor) / static_cast<double>(n->minor);
  const Duration *d = a.get<Duration>(), *e = b.get<Duration>();
  if (d && e && e->micros != 0) return static_cast<double>(d->micros) / static_cast<double>(e->micros);
  return {};
}

template <class T>
int sign_of(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

}  // namespace

std::optional<int> order_of(const Value& a, const Value& b) {
  if (!a.is_known() || a.data().index() != b.data().index()) return std::nullopt;
  if (const double* x = a.get<double>()) return sign_of(*x, b.as<double>());
  if (const bool* x = a.get<bool>()) return sign_of(*x, b.as<bool>());
  if (const std::string* x = a.get<std::string>()) return sign_of(*x, b.as<std::string>());
  if (const Time* x = a.get<Time>()) return sign_of(*x, b.as<Time>());
  if (const Duration* x = a.get<Duration>()) return sign_of(*x, b.as<Duration>());
  const Money* x = a.get<Money>();
  if (!x || x->currency != b.as<Money>().currency) return std::nullopt;
  return sign_of(x->minor, b.as<Money>().minor);
}

bool equal(const Value& a, const Value& b) { return order_of(a, b) == 0; }

Value arithmetic(Word word, const Value& a, const Value& b) {
  switch (word) {
    case Word::add: return add(a, b, 1);
    case Word::subtract: return add(a, b, -1);
    case Word::multiply: return multiply(a, b);
    default: return divide(a, b);
  }
}

Value opposite(const Value& a) {
  if (const double* x = a.get<double>()) return -*x;
  if (const Money* m = a.get<Money>()) return money(-static_cast<__int128>(m->minor), m->currency);
  if (const Duration* d = a.get<Duration>()) return duration(-static_cast<__int128>(d->micros));
  return {};
}

Value sum_of(const std::vector<Value>& values, const query::Target& target, const Brand& brand) {
  __int128 exact = 0;
  double running = 0;
  for (const Value& v : values) {
    if (const Money* m = v.get<Money>()) exact += m->minor;
    if (const double* x = v.get<double>()) {
      running += *x;
      if (target.integer) exact += static_cast<int64_t>(*x);
    }
  }
  if (target.type.base == BaseType::money) return money(exact, brand.currency);
  return target.integer ? Value(static_cast<double>(exact)) : Value(running);
}

Value average_of(const std::vector<Value>& values, const query::Target& target, const Brand& brand) {
  if (values.empty()) return {};
  auto n = static_cast<__int128>(values.size());
  if (target.type.base != BaseType::money) {
    Value sum = sum_of(values, target, brand);
    return sum.is_known() ? Value(sum.as<double>() / static_cast<double>(values.size())) : Value();
  }
  __int128 sum = 0;
  for (const Value& v : values) sum += v.as<Money>().minor;
  __int128 size = sum < 0 ? -sum : sum;
  __int128 rounded = (2 * size + n) / (2 * n);
  return money(sum < 0 ? -rounded : rounded, brand.currency);
}

Value quantile_of(std::vector<Value> values, double q) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end(), comes_before);
  double h = static_cast<double>(values.size() - 1) * q;
  auto below = static_cast<size_t>(std::floor(h));
  double part = h - static_cast<double>(below);
  const Value& low = values[below];
  if (part == 0 || equal(low, values[below + 1])) return low;
  const Value& high = values[below + 1];
  if (const double* x = low.get<double>()) return *x + part * (high.as<double>() - *x);
  // Of money and times the step between the neighbours is rounded.
  return add(low, scaled(add(high, low, -1), part, false), 1);
}

}  // namespace cairn::judge
