// An event's properties, parsed once, read by what they should be. What is missing or of another type is unknown,
// never an error: the log takes what shops send.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/money.h"
#include "base/time.h"
#include "base/zone.h"
#include "json/value.h"

namespace cairn::measures {

/// How texts are read: the brand's zone for times without offset, its currency for amounts.
struct Reading {
  Zone zone;
  Currency currency;
};

/// An amount as an event told it.
struct Amount {
  std::optional<int64_t> minor;  ///< In the brand's currency.
  bool other_currency = false;   ///< It was there, in another currency: unknown, and counted.
};

class Properties {
 public:
  /// Text that is no JSON object reads as an object without members.
  Properties(std::string_view json, const Reading& reading);

  /// Text, or a whole number as text (ids come as both). Empty when unknown.
  std::string text(std::string_view key) const;
  /// A number, or text that is one.
  std::optional<double> number(std::string_view key) const;
  /// A number without fraction, or text that is one.
  std::optional<int64_t> whole(std::string_view key) const;
  std::optional<bool> flag(std::string_view key) const;
  std::optional<Time> time(std::string_view key) const;
  /// Decimal number or text in major units, exactly.
  Amount money(std::string_view key) const;
  const json::Array* list(std::string_view key) const;
  /// The same reading of a member of a list.
  Amount money_of(const json::Value& value) const;

 private:
  json::Object object_;
  const Reading& reading_;
  bool other_currency_ = false;
};

/// Decimal text or number to minor units; nothing when it is neither.
std::optional<int64_t> minor_of(const json::Value& value, Currency currency);

}  // namespace cairn::measures
