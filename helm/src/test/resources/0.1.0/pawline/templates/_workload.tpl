{{/* What runs a component. Each template takes the component with root. */}}

{{- define "pawline.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
  {{- with .values.serviceAccountAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end -}}

{{- define "pawline.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
data:
  settings.yaml: |
    {{- include "pawline.settings" . | nindent 4 }}
{{- end -}}

{{- define "pawline.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
  {{- with .values.service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ .values.service.type }}
  selector:
    {{- include "pawline.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .values.service.port }}
      targetPort: http
      protocol: TCP
{{- end -}}

{{- define "pawline.podDisruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
spec:
  # With a single pod, too, a node can be drained: what waits, waits a little longer.
  maxUnavailable: {{ .values.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "pawline.selectorLabels" . | nindent 6 }}
{{- end -}}

{{- define "pawline.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
spec:
  {{- if eq .values.scaling.mode "fixed" }}
  replicas: {{ .values.scaling.replicas }}
  {{- end }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      {{- if or .stage (eq .name "ops") }}
      # A pod more than there are meant to be would call its provider, too; of ops there is one.
      maxSurge: 0
      maxUnavailable: 1
      {{- else }}
      maxSurge: 1
      maxUnavailable: 0
      {{- end }}
  selector:
    matchLabels:
      {{- include "pawline.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- with .values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- include "pawline.labels" . | nindent 8 }}
      annotations:
        {{- with .values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        # Settings are read once, at the start: a change of them starts new pods.
        pawline.io/settings-checksum: {{ include "pawline.settings" . | sha256sum }}
    spec:
      {{- include "pawline.podSecurity" . | nindent 6 }}
      serviceAccountName: {{ include "pawline.componentName" . }}
      # The wait before the stop, then the stage drains and commits, then the web server ends its requests: see
      # timeout-per-shutdown-phase.
      terminationGracePeriodSeconds: {{ add .values.preStopSeconds .values.drainSeconds 60 }}
      containers:
        - name: {{ .name }}
          image: {{ include "pawline.image" (list .root (printf "%s-service" .name)) }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          securityContext:
            {{- include "pawline.containerSecurity" . | nindent 12 }}
          ports:
            - name: http
              containerPort: {{ .port }}
              protocol: TCP
          env:
            - name: JAVA_TOOL_OPTIONS
              value: {{ .values.javaOptions | quote }}
            - name: SPRING_CONFIG_ADDITIONALLOCATION
              value: file:/etc/pawline/settings.yaml
            {{- include "pawline.secretEnv" . | trim | nindent 12 }}
            {{- with .values.extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- if .values.preStopSeconds }}
          lifecycle:
            preStop:
              # Until nobody sends requests here any more.
              {{- if semverCompare ">=1.30.0-0" .root.Capabilities.KubeVersion.Version }}
              sleep:
                seconds: {{ .values.preStopSeconds }}
              {{- else }}
              exec:
                command: ["sleep", {{ .values.preStopSeconds | quote }}]
              {{- end }}
          {{- end }}
          # Two minutes to start; only then do the other two probes begin.
          startupProbe:
            httpGet:
              path: /actuator/health/liveness
              port: http
            periodSeconds: 2
            timeoutSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet:
              path: /actuator/health/liveness
              port: http
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          readinessProbe:
            httpGet:
              path: /actuator/health/readiness
              port: http
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 2
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          volumeMounts:
            - name: settings
              mountPath: /etc/pawline
              readOnly: true
            - name: tmp
              mountPath: /tmp
            {{- with .values.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: settings
          configMap:
            name: {{ include "pawline.componentName" . }}
        - name: tmp
          emptyDir:
            sizeLimit: {{ .values.tmpSizeLimit }}
        {{- with .values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .values.topologySpread }}
      topologySpreadConstraints:
        {{- range . }}
        - topologyKey: {{ .topologyKey }}
          maxSkew: {{ .maxSkew | default 1 }}
          whenUnsatisfiable: {{ .whenUnsatisfiable | default "ScheduleAnyway" }}
          labelSelector:
            matchLabels:
              {{- include "pawline.selectorLabels" $ | nindent 14 }}
        {{- end }}
      {{- end }}
      {{- include "pawline.placement" .values | nindent 6 }}
{{- end -}}
