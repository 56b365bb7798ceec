// The one error type of the pure layers, and result<T>, a value or that error.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace sluice {

/// What kind of thing went wrong; the text beside it is for people.
enum class errc {
  invalid_value,  ///< Text or number that its type does not admit.
  out_of_range,   ///< Well formed, but past a limit.
  malformed,      ///< A document that does not have the shape it must have.
  not_found,      ///< A named thing that does not exist.
  not_permitted,  ///< The operating system or a rule forbids it.
  io_failure,     ///< File, socket or database failed.
  busy,           ///< Somebody else holds it.
};

/// An error as data: the kind decides, the text explains.
struct error {
  errc code{errc::invalid_value};
  std::string text{};

  friend bool operator==(const error&, const error&) = default;
};

/// Called by result<T>::value() when there is none: a programmer's mistake.
[[noreturn]] inline void throw_exception_from_error(const error& e, const boost::source_location&) {
  throw std::logic_error("result without a value was read: " + e.text);
}

template <class T>
using result = boost::system::result<T, error>;

/// Builds the error side of any result<T>.
[[nodiscard]] inline error fail(errc code, std::string text) {
  return error{code, std::move(text)};
}

}  // namespace sluice
