// Catch2, whichever of v2 (Debian 12) and v3 (Debian 13) the system has.
#pragma once

#include <boost/system/result.hpp>
#include <string>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Matchers::ContainsSubstring;
#else
#include <catch2/catch.hpp>
inline auto ContainsSubstring(const std::string& text) {
  return Catch::Matchers::Contains(text);
}
#endif

/// Boost prints a result by printing its value, which need not be printable.
template <class T, class E>
struct Catch::StringMaker<boost::system::result<T, E>> {
  static std::string convert(const boost::system::result<T, E>& r) {
    return r.has_value() ? "a value" : "an error";
  }
};
