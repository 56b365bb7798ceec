// The values of all metrics, and their text for Prometheus.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/status/metric_table.hpp"

namespace sluice::status {

/// Values of the labels, in the order of the table; as many as the metric has labels.
using label_values = std::initializer_list<std::string_view>;

/// Thread-safe. A metric without labels exists from the start with 0; one with labels shows a
/// series from its first update, also by 0. A use that contradicts the table (wrong kind, wrong
/// number of labels, a negative step of a counter) is a programmer's mistake and asserted.
class metrics {
 public:
  metrics();
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;
  ~metrics();

  /// Adds to a counter.
  void add(metric m, double step = 1.0) { add(m, {}, step); }
  void add(metric m, label_values labels, double step = 1.0);
  /// Sets a gauge, or a counter whose total is counted elsewhere (then it must not go down).
  void set(metric m, double value) { set(m, {}, value); }
  void set(metric m, label_values labels, double value);
  /// Removes all series of a gauge that shows a changing set.
  void clear(metric m);
  /// Puts one value into a histogram.
  void observe(metric m, double value) { observe(m, {}, value); }
  void observe(metric m, label_values labels, double value);

  /// Value of a counter or gauge, count of a histogram; 0 when the series does not exist.
  [[nodiscard]] double value(metric m, label_values labels = {}) const;
  /// Text format 0.0.4 of everything, metrics in table order, series by label values.
  [[nodiscard]] std::string exposition() const;

  /// Series one metric may have; updates of further ones are dropped and counted.
  static constexpr std::size_t series_max = 512;

 private:
  using label_key = std::array<std::string, metric_labels_max>;
  using label_view = std::array<std::string_view, metric_labels_max>;
  struct key_less {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const {
      for (std::size_t i = 0; i < metric_labels_max; ++i)
        if (const int order = std::string_view{a[i]}.compare(std::string_view{b[i]}); order != 0)
          return order < 0;
      return false;
    }
  };
  struct series {
    double value{0.0};  ///< Of a histogram: the sum.
    std::uint64_t count{0};
    std::vector<std::uint64_t> buckets{};  ///< Not cumulative; the last one is +Inf.
  };
  struct family {
    mutable std::mutex mutex{};
    std::map<label_key, series, key_less> all{};
  };

  /// The series, made when missing; null when the metric has too many. The family's mutex is held.
  series* find_or_make(metric m, family& f, label_values labels);
  static void write_family(std::string& out, const metric_spec& spec, const family& f);

  std::array<family, metric_table.size()> families_{};
};

/// Content type of exposition().
inline constexpr std::string_view exposition_content_type{
    "text/plain; version=0.0.4; charset=utf-8"};

}  // namespace sluice::status
