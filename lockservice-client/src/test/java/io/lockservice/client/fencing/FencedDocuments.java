package io.lockservice.client.fencing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A table that takes no write of a former lock holder: the example in docs/fencing.md. */
final class FencedDocuments {
    private FencedDocuments() {}

    static void create(Connection database) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("""
                    CREATE TABLE document (
                        id VARCHAR(100) PRIMARY KEY,
                        content VARCHAR(1000) NOT NULL,
                        fence_token BIGINT NOT NULL)
                    """);
            statement.execute("INSERT INTO document VALUES ('plan', 'empty', 0)");
        }
    }

    /** Compares and writes in one statement, so that nothing can come in between. */
    static void write(Connection database, String id, String content, long token) throws SQLException {
        try (PreparedStatement update = database.prepareStatement(
                "UPDATE document SET content = ?, fence_token = ? WHERE id = ? AND fence_token <= ?")) {
            update.setString(1, content);
            update.setLong(2, token);
            update.setString(3, id);
            update.setLong(4, token);
            if (update.executeUpdate() == 0) {
                throw new IllegalStateException(
                        "token " + token + " is too old for " + id + ", or there is no such row");
            }
        }
    }

    static void writeWithoutFence(Connection database, String id, String content) throws SQLException {
        try (PreparedStatement update = database.prepareStatement("UPDATE document SET content = ? WHERE id = ?")) {
            update.setString(1, content);
            update.setString(2, id);
            update.executeUpdate();
        }
    }

    static String read(Connection database, String id) throws SQLException {
        try (PreparedStatement query = database.prepareStatement("SELECT content FROM document WHERE id = ?")) {
            query.setString(1, id);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getString(1) : "";
            }
        }
    }
}
