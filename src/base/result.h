// Expected failures: input, not found, conflict, I/O. Broken invariants use check.h instead.
#pragma once
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <tl/expected.hpp>

namespace cairn {

/// What kind of failure, without a protocol: only http/ knows status codes.
enum class Code {
  invalid,          ///< The caller's input is wrong; `message` says what and what to do.
  not_found,        ///< The thing named does not exist.
  conflict,         ///< It exists already, or changed meanwhile.
  unauthenticated,  ///< Nobody is signed in, or the key is unknown.
  forbidden,        ///< Signed in, but without the permission.
  too_large,        ///< Over a stated limit.
  overloaded,       ///< Try again later: a lane is full.
  unavailable,      ///< Something outside is gone: the store, the disk, a server.
  corrupt,          ///< Stored bytes are not what they should be.
  internal,         ///< Ours; details are in the log.
};

/// `message` is for people: what is wrong, where, what to do. `field` names the offending input
/// (`orders[2].total`), empty when there is none. `detail` is for the log alone, never shown.
struct Error {
  Code code = Code::internal;
  std::string message;
  std::string field = {};
  std::string detail = {};
};

template <class T = void>
using Result = tl::expected<T, Error>;

/// An Error ready to return from any function that gives a Result: `return fail(Code::invalid, "col {}: …", n);`
template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail(Code code, fmt::format_string<Args...> text, Args&&... args) {
  return tl::unexpected<Error>(Error{code, fmt::format(text, std::forward<Args>(args)...)});
}

/// The same with the field that is wrong.
template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail_at(std::string field, fmt::format_string<Args...> text, Args&&... args) {
  return tl::unexpected<Error>(Error{Code::invalid, fmt::format(text, std::forward<Args>(args)...), std::move(field)});
}

/// What TRY unwraps: the value moved out, or nothing for Result<void>.
template <class T>
T take_value(Result<T>& result) {
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace cairn

/// The value of a Result, or return its error from this function. Not within braces or arguments beside something that
/// owns memory: g++ leaves from there without destroying what is made already.
#define TRY(...) CAIRN_TRY_NAMED(CAIRN_JOIN(try_result_, __COUNTER__), __VA_ARGS__)
// A name of its own for each use, so that one within another's closure hides nothing.
#define CAIRN_JOIN(a, b) CAIRN_JOIN_AGAIN(a, b)
#define CAIRN_JOIN_AGAIN(a, b) a##b
#define CAIRN_TRY_NAMED(name, ...)                             \
  __extension__({                                              \
    auto name = (__VA_ARGS__);                                 \
    if (!name) return tl::unexpected(std::move(name).error()); \
    ::cairn::take_value(name);                                 \
  })
