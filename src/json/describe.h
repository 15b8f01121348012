// Description of structs and enums, so that one list of names serves C++, JSON and SQL. The one include for a model.h:
//
//   struct Answer { std::string question; std::optional<int64_t> score; };
//   BOOST_DESCRIBE_STRUCT(Answer, (), (question, score))
//   enum class Side { left, right };
//   BOOST_DESCRIBE_ENUM(Side, left, right)
#pragma once
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>

#include "base/check.h"
#include "base/result.h"

namespace cairn::json {

template <class T>
concept DescribedEnum = boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept DescribedStruct = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;

/// The public members of T with those of its bases, for boost::mp11::mp_for_each.
template <class T>
using MembersOf =
    boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

/// In the order described.
template <DescribedEnum E>
std::vector<std::string_view> enum_names() {
  std::vector<std::string_view> names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) { names.push_back(d.name); });
  return names;
}

template <DescribedEnum E>
std::vector<E> enum_values() {
  std::vector<E> values;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) { values.push_back(d.value); });
  return values;
}

/// REQUIRES: one of the described values.
template <DescribedEnum E>
std::string_view enum_name(E value) {
  std::string_view name;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (d.value == value) name = d.name;
  });
  CHECK(!name.empty(), "no name for enum value {}", static_cast<long long>(value));
  return name;
}

/// Invalid, with the names that are allowed.
tl::unexpected<Error> fail_name(std::string_view text, const std::vector<std::string_view>& names);

template <DescribedEnum E>
Result<E> enum_from(std::string_view text) {
  E value{};
  bool found = false;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (text == d.name) {
      value = d.value;
      found = true;
    }
  });
  if (!found) return fail_name(text, enum_names<E>());
  return value;
}

template <DescribedStruct T>
std::vector<std::string_view> member_names() {
  std::vector<std::string_view> names;
  boost::mp11::mp_for_each<MembersOf<T>>([&](auto d) { names.push_back(d.name); });
  return names;
}

}  // namespace cairn::json
