package io.lockservice.server.http.exchange;

import io.lockservice.server.driver.ReplicaPort;

/**
 * What all exchanges of one door share.
 *
 * @param cell the cell's name
 * @param replica this replica's id
 * @param port the replica
 * @param maxBodyBytes the largest JSON body
 * @param maxContentBytes the largest content of a file
 */
public record Door(String cell, int replica, ReplicaPort port, int maxBodyBytes, int maxContentBytes) {}
