// What one metric is: the shape of a row of the table, and the buckets that rows share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sluice/status/metric_id.hpp"

namespace sluice::status {

enum class metric_kind : std::uint8_t { counter, gauge, histogram };

inline constexpr std::size_t metric_labels_max = 3;

struct metric_spec {
  metric id{};
  std::string_view name{};
  metric_kind kind{metric_kind::gauge};
  std::string_view help{};
  std::array<std::string_view, metric_labels_max> labels{};  ///< Unused ones are empty, last.
  std::span<const double> buckets{};  ///< Upper bounds, rising; +Inf is implied.

  [[nodiscard]] constexpr std::size_t label_count() const {
    std::size_t count = 0;
    while (count < labels.size() && !labels[count].empty())
      ++count;
    return count;
  }
};

/// A read over the net: 1 ms to 30 s.
inline constexpr std::array<double, 14> read_latency_buckets{
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0};
/// Plan accepted to verdict: microseconds when truth is fresh, seconds when parked for a read.
inline constexpr std::array<double, 14> verdict_latency_buckets{
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0};

}  // namespace sluice::status
