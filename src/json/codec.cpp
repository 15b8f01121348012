#include "json/codec.h"

namespace cairn::json {
namespace {

struct MoneyOnWire {
  int64_t minor = 0;
  Currency currency;
};
BOOST_DESCRIBE_STRUCT(MoneyOnWire, (), (minor, currency))

}  // namespace

Result<Money> Codec<Money>::decode(const Value& v, const Place& at, Unknown unknown) {
  MoneyOnWire wire = TRY(Codec<MoneyOnWire>::decode(v, at, unknown));
  return Money{wire.minor, wire.currency};
}

Value Codec<Money>::encode(const Money& m) { return Codec<MoneyOnWire>::encode({m.minor, m.currency}); }

}  // namespace cairn::json
