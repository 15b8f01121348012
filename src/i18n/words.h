// What people read: words by key, and numbers, amounts and dates as the reader's language writes them.
//
// Words stand beside the module that says them, in src/<module>/words.en.json and words.fr.json: one flat object, every
// key beginning with the module's name and a dot, every value a text with {placeholders}, or {"one": …, "other": …}
// where a number decides. Both files have the same keys, the same placeholders and the same plurals (a test checks).
// French is written with plain spaces; the ones before : ; ! ? % » € and after « are made unbreakable when it is read.
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "base/money.h"
#include "base/time.h"
#include "i18n/language.h"

namespace cairn::i18n {

/// A placeholder's value. Views: they need to live for the call only, so a temporary will do.
struct Arg {
  std::string_view name;
  std::string_view value;
};
using Args = std::initializer_list<Arg>;

class Words {
 public:
  /// Read once, from the binary; safe from any thread.
  static const Words& in(Language language);

  Language language() const { return language_; }

  /// The text with its placeholders filled: text("report.of", {{"name", n}}). A key that is not known is its own text,
  /// a placeholder without a value stays as it is: a page with a strange word is better than none.
  std::string text(std::string_view key, Args args = {}) const;
  /// The form for `n` (English: one is 1; French: one is 0 and 1); {n} is filled with it, grouped.
  std::string plural(std::string_view key, int64_t n, Args args = {}) const;
  bool has(std::string_view key) const { return entries_.find(key) != entries_.end(); }

  /// `1,234.5` / `1 234,5`, rounded to so many decimals; `–` when it is not finite.
  std::string number(double value, int decimals) const;
  std::string integer(int64_t value) const;
  /// A fraction as a percentage: 0.5517 is `55.2%` / `55,2 %`.
  std::string share(double fraction, int decimals = 1) const;
  /// `€1,234.50` / `1 234,50 €`; a currency without a usual sign shows its code.
  std::string money(int64_t minor, Currency currency) const;
  std::string money(const Money& amount) const { return money(amount.minor, amount.currency); }
  /// `15 August 2018` / `15 août 2018`.
  std::string date(Day day) const;
  /// `August 2018` / `août 2018`.
  std::string month(Day day) const;
  /// `Aug 2018` / `août 2018`, for narrow places.
  std::string month_short(Day day) const;
  /// `15 August 2018, 04:10` / `15 août 2018, 04:10`.
  std::string date_and_time(LocalTime at) const;
  /// The two largest units that matter: `2 days 4 h` / `2 jours 4 h`, `3 h 20 min`, `45 s`, `120 ms`.
  std::string duration(Duration span) const;

 private:
  /// `one` is empty where no number decides.
  struct Entry {
    std::string one;
    std::string other;
  };

  explicit Words(Language language);
  const Entry* find(std::string_view key) const;
  /// Digits grouped, with `point` decimals already in `decimal` text like -1234.50.
  std::string localise(std::string_view decimal) const;

  Language language_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace cairn::i18n
