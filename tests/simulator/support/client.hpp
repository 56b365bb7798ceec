// A TLS client of the tests' own, so that the server is judged by somebody else's reading.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace sluice::simulator::test {

struct http_answer {
  int status{0};
  std::map<std::string, std::string> headers{};  ///< Names in lower case.
  std::string body{};
};

/// One kept-alive HTTPS connection that trusts exactly one certificate and checks the host name.
class https_client {
 public:
  /// Trusts nothing when `pem` is empty.
  https_client(std::uint16_t port, const std::string& pem, const std::string& host = "127.0.0.1");
  ~https_client();
  https_client(const https_client&) = delete;
  https_client& operator=(const https_client&) = delete;

  /// True once TCP and TLS stand.
  [[nodiscard]] bool connected() const;
  /// None when the connection ended or nothing whole came within the limit; what(): why.
  [[nodiscard]] std::optional<http_answer> ask(
      const std::string& method, const std::string& target, const std::string& body = "",
      const std::string& api_key = "", std::chrono::milliseconds limit = std::chrono::seconds{10});
  /// Sends bytes as they are and reads one answer.
  [[nodiscard]] std::optional<http_answer> ask_raw(const std::string& bytes);
  /// Sends bytes as they are and takes whatever comes back, until the end, the limit, or `most`
  /// bytes, which are counted but not kept beyond the first 64 KiB.
  struct raw_answer {
    std::string text{};
    std::size_t bytes{0};
    std::string end{};  ///< "closed", "reset", "silent" or "enough".
  };
  [[nodiscard]] raw_answer ask_bytes(const std::string& bytes,
                                     std::chrono::milliseconds limit = std::chrono::seconds{10},
                                     std::size_t most = 1U << 20U);
  [[nodiscard]] const std::string& what() const;
  /// Why the certificate was not trusted, in OpenSSL's words; "ok" when it was.
  [[nodiscard]] std::string trust() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// One WebSocket connection over TLS.
class stream_client {
 public:
  stream_client(std::uint16_t port, const std::string& pem, const std::string& target);
  ~stream_client();
  stream_client(const stream_client&) = delete;
  stream_client& operator=(const stream_client&) = delete;

  [[nodiscard]] bool connected() const;
  void say(const std::string& text);
  /// The next message, or none within the limit or after the end of the connection.
  [[nodiscard]] std::optional<std::string> hear(
      std::chrono::milliseconds limit = std::chrono::seconds{10});
  /// Set once the connection has ended: the close code, 1006 when there was no close frame.
  [[nodiscard]] std::optional<int> close_code() const;
  /// Pings received so far.
  [[nodiscard]] int pings() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace sluice::simulator::test
