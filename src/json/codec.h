// Described structs to JSON and back. What each type is on the wire:
//
//   bool, double                    true, 0.5 (a whole number is a double, too)
//   integers                        number; read with a range check
//   std::string                     text, UTF-8 without U+0000
//   Time, Day                       "2018-08-15T04:10:37Z" with six digits of a second if any, "2018-08-15";
//                                   any offset is read
//   Currency, Money                 "EUR", {"minor": 1250, "currency": "EUR"}
//   Id<Tag>                         always text, "1234": JavaScript cannot hold 64 bits as a number
//   described enum                  its name as text
//   std::optional<T>                null when empty; read from null or from a missing member
//   std::vector<T>                  list
//   std::map<std::string, T>        object
//   Value, Object, Array            as they are
//   described struct                object of its members in the order described
//
// Every member that is not optional is required, unless the struct says `static constexpr bool kDefaults = true`: then
// a missing member keeps its initialiser. Another type joins by a specialisation of Codec.
#pragma once
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "json/describe.h"
#include "json/scalar.h"
#include "json/value.h"

namespace cairn::json {

/// What to do with members that the struct does not have.
enum class Unknown { refuse, ignore };

/// `decode(value, place, unknown)` → Result<T>; `encode(t)` → Value.
template <class T>
struct Codec;

/// Errors: invalid; `field` is the path of the value (`orders[2].total`), the message says what was expected and found.
template <class T>
Result<T> decode(const Value& value, Unknown unknown = Unknown::refuse) {
  return Codec<T>::decode(value, Place(), unknown);
}

template <class T>
Result<T> decode_text(std::string_view text, Unknown unknown = Unknown::refuse, ParseLimits limits = {}) {
  Value value = TRY(parse(text, limits));
  return Codec<T>::decode(value, Place(), unknown);
}

template <class T>
Value encode(const T& value) {
  return Codec<T>::encode(value);
}

template <class T>
std::string encode_text(const T& value) {
  return serialize(Codec<T>::encode(value));
}

// ---- what follows is how; nothing more to call ----

template <>
struct Codec<bool> {
  static Result<bool> decode(const Value& v, const Place& at, Unknown) { return read_bool(v, at); }
  static Value encode(bool b) { return Value(b); }
};

template <class T>
  requires std::is_integral_v<T>
struct Codec<T> {
  using Limits = std::numeric_limits<T>;
  static Result<T> decode(const Value& v, const Place& at, Unknown) {
    if constexpr (std::is_unsigned_v<T> && sizeof(T) == 8)
      return static_cast<T>(TRY(read_unsigned(v, at)));
    else
      return static_cast<T>(TRY(read_whole(v, at, Limits::min(), Limits::max())));
  }
  static Value encode(T n) { return Value(n); }
};

template <>
struct Codec<double> {
  static Result<double> decode(const Value& v, const Place& at, Unknown) { return read_number(v, at); }
  static Value encode(double d) { return Value(d); }
};

template <>
struct Codec<std::string> {
  static Result<std::string> decode(const Value& v, const Place& at, Unknown) { return read_text(v, at); }
  static Value encode(const std::string& s) { return Value(boost::json::string_view(s.data(), s.size())); }
};

template <>
struct Codec<std::string_view> {  // out only: what it would view is gone after reading
  static Value encode(std::string_view s) { return Value(boost::json::string_view(s.data(), s.size())); }
};

template <>
struct Codec<Time> {
  static Result<Time> decode(const Value& v, const Place& at, Unknown) { return read_time(v, at); }
  static Value encode(Time t) { return Codec<std::string>::encode(to_rfc3339(t)); }
};

template <>
struct Codec<Day> {
  static Result<Day> decode(const Value& v, const Place& at, Unknown) { return read_day(v, at); }
  static Value encode(Day d) { return Codec<std::string>::encode(to_text(d)); }
};

template <>
struct Codec<Currency> {
  static Result<Currency> decode(const Value& v, const Place& at, Unknown) { return read_currency(v, at); }
  static Value encode(Currency c) { return Codec<std::string_view>::encode(c.code()); }
};

template <class Tag>
struct Codec<Id<Tag>> {
  static Result<Id<Tag>> decode(const Value& v, const Place& at, Unknown) { return Id<Tag>{TRY(read_id(v, at))}; }
  static Value encode(Id<Tag> id) { return Codec<std::string>::encode(std::to_string(id.value)); }
};

template <>
struct Codec<Value> {
  static Result<Value> decode(const Value& v, const Place&, Unknown) { return v; }
  static Value encode(const Value& v) { return v; }
};

template <>
struct Codec<Object> {
  static Result<Object> decode(const Value& v, const Place& at, Unknown) {
    if (!v.is_object()) return fail_expected(at, "an object", v);
    return v.get_object();
  }
  static Value encode(const Object& o) { return Value(o); }
};

template <>
struct Codec<Array> {
  static Result<Array> decode(const Value& v, const Place& at, Unknown) {
    if (!v.is_array()) return fail_expected(at, "a list", v);
    return v.get_array();
  }
  static Value encode(const Array& a) { return Value(a); }
};

template <DescribedEnum E>
struct Codec<E> {
  static Result<E> decode(const Value& v, const Place& at, Unknown) {
    if (!v.is_string()) return fail_expected(at, fmt::format("one of {}", fmt::join(enum_names<E>(), ", ")), v);
    auto e = enum_from<E>({v.get_string().data(), v.get_string().size()});
    if (!e) return fail_with(at, std::move(e).error());
    return *e;
  }
  static Value encode(E e) { return Codec<std::string_view>::encode(enum_name(e)); }
};

template <class T>
struct Codec<std::optional<T>> {
  static Result<std::optional<T>> decode(const Value& v, const Place& at, Unknown unknown) {
    if (v.is_null()) return std::optional<T>();
    return std::optional<T>(TRY(Codec<T>::decode(v, at, unknown)));
  }
  static Value encode(const std::optional<T>& o) { return o ? Codec<T>::encode(*o) : Value(nullptr); }
};

template <class T>
struct Codec<std::vector<T>> {
  static Result<std::vector<T>> decode(const Value& v, const Place& at, Unknown unknown) {
    if (!v.is_array()) return fail_expected(at, "a list", v);
    std::vector<T> out;
    out.reserve(v.get_array().size());
    for (const Value& element : v.get_array())
      out.push_back(TRY(Codec<T>::decode(element, at.element(out.size()), unknown)));
    return out;
  }
  static Value encode(const std::vector<T>& list) {
    Array out;
    out.reserve(list.size());
    for (const auto& element : list) out.push_back(Codec<T>::encode(element));
    return out;
  }
};

template <class T>
struct Codec<std::map<std::string, T>> {
  static Result<std::map<std::string, T>> decode(const Value& v, const Place& at, Unknown unknown) {
    if (!v.is_object()) return fail_expected(at, "an object", v);
    std::map<std::string, T> out;
    for (const auto& member : v.get_object()) {
      std::string key(member.key().data(), member.key().size());
      T value = TRY(Codec<T>::decode(member.value(), at.member(key), unknown));
      out.emplace(std::move(key), std::move(value));
    }
    return out;
  }
  static Value encode(const std::map<std::string, T>& map) {
    Object out;
    out.reserve(map.size());
    for (const auto& [key, value] : map) out.emplace(key, Codec<T>::encode(value));
    return out;
  }
};

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <DescribedStruct T>
struct Codec<T> {
  static constexpr bool kHasDefaults = requires { requires T::kDefaults; };

  static Result<T> decode(const Value& v, const Place& at, Unknown unknown) {
    if (!v.is_object()) return fail_expected(at, "an object", v);
    const Object& object = v.get_object();
    T out{};
    std::optional<Error> error;
    size_t found = 0;
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto d) {
      if (error) return;
      auto& member = out.*d.pointer;
      using M = std::remove_reference_t<decltype(member)>;
      if (const Value* value = find(object, d.name)) {
        ++found;
        auto read = Codec<M>::decode(*value, at.member(d.name), unknown);
        if (read) member = std::move(*read);
        else error = std::move(read).error();
      } else if (!kIsOptional<M> && !kHasDefaults) {
        error = fail_missing(at, d.name).value();
      }
    });
    // An unknown key is told first: it is most likely the misspelt name of what is missing.
    if (unknown == Unknown::refuse && (found != object.size() || error)) TRY(check_known(object, at));
    if (error) return tl::unexpected(std::move(*error));
    return out;
  }

  static Value encode(const T& from) {
    Object out;
    out.reserve(boost::mp11::mp_size<MembersOf<T>>::value);
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto d) {
      const auto& member = from.*d.pointer;
      out.emplace(d.name, Codec<std::remove_cvref_t<decltype(member)>>::encode(member));
    });
    return out;
  }

 private:
  static Result<void> check_known(const Object& object, const Place& at) {
    std::vector<std::string_view> known = member_names<T>();
    for (const auto& member : object) {
      std::string_view key(member.key().data(), member.key().size());
      if (std::find(known.begin(), known.end(), key) == known.end()) return fail_unknown(at, key, known);
    }
    return {};
  }
};

template <>
struct Codec<Money> {
  static Result<Money> decode(const Value& v, const Place& at, Unknown unknown);
  static Value encode(const Money& m);
};

}  // namespace cairn::json
